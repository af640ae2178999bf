/** Makes docs/permissions.md from what the areas declare to read and write. */
import type { AnyStep } from '../../src/contract/index.ts';
import { isData } from '../../src/engine/plan/rights.ts';
import { wrapWords } from '../../src/text/wrap-words.ts';
import { areasText, HOW, leastRoles, type LeastRole } from '../../src/report/permissions.ts';

/** The longest line of the page, where words allow it. */
const WIDTH = 130;

const marked = (text: string): string => `\`${text}\``;

/** docs/permissions.md, in Markdown. */
export function permissionsPage(steps: readonly AnyStep[]): string {
  const roles = leastRoles(steps);
  // A list: in a table, the longest row would make every line as long.
  const list = (needs: LeastRole['needs'], without: LeastRole['needs'] = new Map()): string[] =>
    [...needs].flatMap(([action, areas]) =>
      without.has(action)
        ? []
        : wrapWords(`- ${marked(action)}${isData(action) ? ' (data action)' : ''}: ${areasText(areas, steps.length)}`, WIDTH),
    );
  const sentence = (before: string, actions: readonly string[]): string =>
    wrapWords(
      `${before}: ${actions
        .filter((action) => !/\/sites\/slots\//.test(action))
        .map(marked)
        .join(', ')}.`,
      WIDTH,
    ).replaceAll('\n  ', '\n');
  const [audit, apply] = roles as [LeastRole, LeastRole];
  const lines = [
    '# Permissions',
    '',
    'Two custom roles: the least permissions for an audit, and the least permissions for a run, undo included.',
    '`func-harden steps --permissions` prints them as JSON, for all areas or, with `--step` and `--profile`, for some.',
    '`npm run docs` writes this page from the declarations of the areas. [A test](../test/e2e/least-privilege.test.ts) does the whole job with',
    'exactly these permissions, and checks the result if one of them is missing.',
    '',
    HOW.replace('Save it to a file', 'Save the JSON of a role to a file').replace(/az .*$/, (command) => marked(command)),
    '',
    'A control whose values you have no permission to read is `unknown`, never passed. A change that you have no permission for is not sent; the',
    'plan names the missing action and a built-in role that includes it. Permissions are checked where a change needs them: on the app, and on',
    'each vault, storage account, subnet, DNS zone or workspace that the change writes or refers to.',
    '',
    '## Audit',
    '',
    `Built-in roles that include all these permissions, and more: ${audit.builtIn.join(', ')}.`,
    '',
    'Each action, and the areas that need it:',
    '',
    ...list(audit.needs),
    '',
    '## Apply and undo',
    '',
    `Built-in roles that include all these permissions, and more: ${apply.builtIn.join(', ')}. Everything that an audit needs, and:`,
    '',
    ...list(apply.needs, audit.needs),
    '',
    '## By area',
    '',
    ...steps.flatMap((step) => {
      const [reads, writes] = leastRoles([step]).map(({ needs }) =>
        [...needs].filter(([, areas]) => areas.includes(step.id)).map(([action]) => action),
      );
      const more = (writes ?? []).filter((action) => !reads?.includes(action));
      return [
        `### ${step.title} (${marked(step.id)})`,
        '',
        sentence('To audit', reads ?? []),
        '',
        ...(more.length > 0 ? [sentence('To change and undo, also', more), ''] : []),
      ];
    }),
    'Slots need the same actions under `Microsoft.Web/sites/slots/…`.',
  ];
  return `${lines.join('\n')}\n`;
}
