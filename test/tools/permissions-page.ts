/** Makes docs/permissions.md from what the areas declare to read and write. */
import type { AnyStep } from '../../src/contract/index.ts';
import { isData } from '../../src/engine/plan/rights.ts';
import { areasText, HOW, leastRoles, type LeastRole } from '../../src/report/permissions.ts';

const marked = (text: string): string => `\`${text}\``;

/** docs/permissions.md, in Markdown. */
export function permissionsPage(steps: readonly AnyStep[]): string {
  const roles = leastRoles(steps);
  const table = (needs: LeastRole['needs'], without: LeastRole['needs'] = new Map()): string[] => [
    '| action | what for |',
    '| --- | --- |',
    ...[...needs].flatMap(([action, areas]) =>
      without.has(action) ? [] : [`| ${marked(action)}${isData(action) ? ' (data action)' : ''} | ${areasText(areas, steps.length)} |`],
    ),
  ];
  const [audit, apply] = roles as [LeastRole, LeastRole];
  const lines = [
    '# Permissions',
    '',
    'Written from the declarations of the areas by `npm run docs`. Two custom roles: the least that an audit needs, and the least that a run',
    'needs, undo included. `func-harden steps --permissions` prints them as JSON, for all areas or with `--step` and `--profile` for some.',
    '[A test](../test/e2e/least-privilege.test.ts) does the whole job with exactly these rights, and looks what happens with each one missing.',
    '',
    HOW.replace(/az .*$/, (command) => marked(command)),
    '',
    'What may not be read is `unknown`, never passed; what may not be changed is not offered, with the action that is missing and a built-in',
    'role that holds it. The rights are asked for where they matter: at the app, and at each vault, storage account, subnet, zone or workspace',
    'that a change writes or leads to.',
    '',
    '## Audit',
    '',
    `Built-in roles that include all these permissions, and more: ${audit.builtIn.join(', ')}.`,
    '',
    ...table(audit.needs),
    '',
    '## Apply and undo',
    '',
    `Built-in roles that include all these permissions, and more: ${apply.builtIn.join(', ')}. Everything that an audit needs, and:`,
    '',
    ...table(apply.needs, audit.needs),
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
        `To audit: ${(reads ?? [])
          .filter((action) => !/\/sites\/slots\//.test(action))
          .map(marked)
          .join(', ')}.`,
        '',
        ...(more.length > 0
          ? [
              `To change and undo, as well: ${more
                .filter((action) => !/\/sites\/slots\//.test(action))
                .map(marked)
                .join(', ')}.`,
              '',
            ]
          : []),
      ];
    }),
    'Slots need the same under `Microsoft.Web/sites/slots/…`.',
  ];
  return `${lines.join('\n')}\n`;
}
