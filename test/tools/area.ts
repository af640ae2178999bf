/** What `npm run new-area` writes: a small area that works, its place in the catalogue, and what the good app of the tests has. */

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** What is wrong with a name; undefined where it may be used. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!NAME.test(name)) return 'A name is small letters, digits and single hyphens, as in health-check.';
  return taken.includes(name) ? `There is an area called ${name}: steps/${name}.ts` : undefined;
}

const words = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
const variable = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** `why` of an area that nobody has edited yet; a test finds it. */
export const UNEDITED = 'Laid out by npm run new-area';

/** A whole area of one control, on a switch that every hosting has: each line is an example to write over. */
export const areaText = (name: string): string => `import { defineStep } from '../src/contract/index.ts';

// The member that no area has looked at before, for the type check.
declare module '../src/azure/site.ts' {
  interface SiteConfigMembers {
    readonly requestTracingEnabled?: boolean;
  }
}

export default defineStep({
  id: '${name}',
  title: '${words(name)}',
  group: 'operation',
  why: '${UNEDITED}. Say here, in one or two sentences, what can happen to an app without this.',
  docs: ['https://learn.microsoft.com/azure/azure-functions/security-concepts'],
  controls: [
    {
      kind: 'setting',
      id: 'request-tracing',
      label: 'Failed requests traced',
      because: 'Why a request failed can only be found out later if it was traced.',
      severity: 'low',
      risk: 'safe',
      effect: 'Each failed request is traced in the log of the app.',
      at: ['siteConfig', 'properties.requestTracingEnabled'],
      absent: false,
      expect: { equals: true },
      set: true,
      notOn: { CA: 'Container Apps keeps logs of its own' },
    },
  ],
});
`;

/** steps/index.ts with the area in it, after another one. @throws Error where the file looks different */
export function withArea(index: string, name: string, after: string): string {
  const imports = [...index.matchAll(/^import \w+ from '\.\/.+';$/gm)].map(([line]) => line);
  const added = [...imports, `import ${variable(name)} from './${name}.ts';`].toSorted((a, b) => fileOf(a).localeCompare(fileOf(b)));
  const listed = index
    .replace(imports.join('\n'), added.join('\n'))
    .replace(new RegExp(`^  ${variable(after)},$`, 'm'), (line) => `${line}\n  ${variable(name)},`);
  if (listed.split('\n').length !== index.split('\n').length + 2) throw new Error('steps/index.ts is not as it was: add the area by hand');
  return listed;
}

const fileOf = (line: string): string => /'(.+)'/.exec(line)?.[1] ?? '';

/** test/helpers/good-members.ts with what the good app has in config/web. @throws Error where the file looks different */
export function withGoodMember(members: string, member: string, value: string): string {
  const [before, after, more] = members.split(/(?<== )\{(?=[\s\S]*\};)/);
  if (before === undefined || after === undefined || more !== undefined)
    throw new Error(`test/helpers/good-members.ts is not as it was: add the line by hand: ${member}: ${value}`);
  return `${before}{\n  ${member}: ${value},${after.startsWith('}') ? '\n' : ''}${after}`;
}
