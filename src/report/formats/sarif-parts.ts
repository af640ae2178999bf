/** What both SARIF reports have in common: that of an audit and that of places in code. */
export const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const;
/** As GitHub sorts by it: CVSS-like, 0 to 10. */
export const SCORE = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' } as const;

/** What code scanning keeps of one run: it refuses more than 25,000 results, and of those shows 5,000 by severity. */
export const MOST_RESULTS = 5000;
/** The guidance that the rules come from. */
export const INFORMATION = 'https://learn.microsoft.com/azure/azure-functions/security-concepts';

/** The id of a control as a name in Pascal case: `HttpsMinTls`. */
export const ruleName = (id: string): string =>
  id
    .split(/[.-]/)
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join('');
