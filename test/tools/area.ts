/** Files of `npm run new-area`: a small working area, its test table, and its line in the catalog. */

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Returns what is wrong with a name; undefined if it can be used. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!NAME.test(name)) return 'A name consists of small letters, digits and single hyphens, for example health-check.';
  return taken.includes(name) ? `The area ${name} exists already: steps/${name}.ts` : undefined;
}

const words = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;

/** The `why` of an area that was not edited yet; a test searches for it. */
export const UNEDITED = 'Created by npm run new-area';

/** Returns an area with one control, on a switch that every hosting has; each line is an example to replace. */
export const areaText = (name: string): string => `import { defineStep } from '../src/contract/index.ts';

// Declares a member that no other area reads.
declare module '../src/azure/resources/site.ts' {
  interface SiteConfigMembers {
    readonly requestTracingEnabled?: boolean;
  }
}

export default defineStep({
  id: '${name}',
  title: '${words(name)}',
  group: 'operation',
  why: '${UNEDITED}. Write one or two sentences about the risk for an app without this area.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts'],
  controls: [
    {
      kind: 'setting',
      id: 'request-tracing',
      label: 'Failed request tracing',
      because: 'Without a trace, the cause of a failed request cannot be found later.',
      severity: 'low',
      risk: 'safe',
      effect: 'Failed requests are traced in the log of the app.',
      at: ['siteConfig', 'properties.requestTracingEnabled'],
      absent: false,
      expect: { equals: true },
      set: true,
      notOn: { CA: 'Container Apps has separate logs' },
    },
  ],
});
`;

/** Returns the test table of the area: values that pass, fail and are planned, and the value of the good app. */
export const tableText = (name: string): string => `import area from '../../steps/${name}.ts';
import { areaTester } from '../helpers/area-tester.ts';

areaTester.run(area, {
  pass: [['request-tracing', { config: { requestTracingEnabled: true } }, 'on']],
  fail: [['request-tracing', { config: {} }, 'off']],
  plan: [['request-tracing', { config: {} }, ['siteConfig: requestTracingEnabled = true']]],
  anyway: { 'request-tracing': 'never bad: off is the default' },
  good: { requestTracingEnabled: true },
});
`;

/** Inserts the area into steps/index.ts after another one. @throws Error if the file has an unexpected form */
export function withArea(index: string, name: string, after: string): string {
  const line = (area: string): string => `  import('./${area}.ts'),`;
  const listed = index.replace(line(after), `${line(after)}\n${line(name)}`);
  if (listed === index) throw new Error('steps/index.ts has an unexpected form: add the area by hand');
  return listed;
}
