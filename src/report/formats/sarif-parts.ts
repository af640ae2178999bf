/** Parts shared by the SARIF reports of an audit and of places in code. */
export const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const;
/** Score by which GitHub sorts, in the manner of CVSS (0 to 10). */
export const SCORE = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' } as const;

/** Most results per run: code scanning refuses more than 25,000 and shows the 5,000 most severe. */
export const MOST_RESULTS = 5000;
/** The guidance behind the rules. */
export const INFORMATION = 'https://learn.microsoft.com/azure/azure-functions/security-concepts';

/** Converts the id of a control to Pascal case: `HttpsMinTls`. */
export const ruleName = (id: string): string =>
  id
    .split(/[.-]/)
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join('');
