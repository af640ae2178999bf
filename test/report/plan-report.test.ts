/** A plan as a comment and as a page: the most severe first, limited length, and a note about everything that is left out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Change } from '../../src/change/change.ts';
import { plain } from '../../src/change/value.ts';
import type { Risk } from '../../src/contract/index.ts';
import type { Plan } from '../../src/engine/plan/plan.ts';
import { planHtml } from '../../src/report/plan-html.ts';
import { planMarkdown } from '../../src/report/plan-markdown.ts';
import { planReport } from '../../src/report/plan-report.ts';
import { ANSWERS, world } from '../helpers/world.ts';
import { inside } from '../helpers/inside.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HEAD = { tool: 'func-harden test', createdAt: '2026-11-24T15:00:00.000Z', digest: DIGEST };

const control = (id: string, risk: Risk, says: string) => ({ id, risk, says });
function planOf(app: string, controls: readonly ReturnType<typeof control>[]): Plan {
  const target = { id: `/x/${app}`, label: app, name: app, resourceGroup: 'rg' };
  const changes = controls.map(
    ({ id, risk, says }) =>
      ({
        target,
        steps: ['area'],
        controls: [id],
        method: 'PATCH',
        resource: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/${app}/config/${id}`,
        diff: [{ path: `properties.${id}`, before: plain(false), after: plain(app.length > 40 ? app : true) }],
        risk,
        undo: 'exact',
        restarts: true,
        guards: [{ id: 'L1', control: id, level: 'warn', says }],
        effects: [],
        parts: [{ control: id, area: 'Area', label: id, risk, paths: [`properties.${id}`] }],
      }) as unknown as Change,
  );
  const blocked = [{ id: 'L2', control: 'area.other', level: 'stop' as const, says: `${app} <b>@everyone</b> | has no key.` }];
  return { target, changes, missing: [], unknown: [], unused: [], blocked } as unknown as Plan;
}

test('a comment on 5,000 apps fits, says what it left out, and ends with the digest', () => {
  const controls = [control('area.soft', 'safe', 'Look.'), control('area.hard', 'lock-out', 'Look twice.')];
  const long = Array.from({ length: 300 }, (_, index) => control(`area.c${index}`, 'disruptive', `${index}${'é'.repeat(900)}`));
  for (const plans of [
    Array.from({ length: 5000 }, (_, index) => planOf(`fn-${index}`, controls)),
    [planOf('fn-é', long)],
    Array.from({ length: 40 }, (_, index) => planOf(`fn-${'é'.repeat(60)}${index}`, long.slice(0, 40))),
  ]) {
    const text = planMarkdown(planReport(plans, HEAD));
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(65_536);
    expect(/^_Not shown because of the size limit of a comment: .*\d+ (requests? on \d+ apps?|notes?)/m.test(text)).toBe(true);
    expect(text.trimEnd().split('\n').at(-1)).toBe(`Digest: \`${DIGEST}\``);
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    expect(text).not.toMatch(/<b>|@everyone/);
  }
  const text = planMarkdown(planReport([planOf('fn-a', controls), planOf('fn-b', controls)], HEAD));
  expect(text).not.toContain('Left out');
  expect(text.indexOf('**lock-out**'), 'the gravest first').toBeLessThan(text.indexOf('| safe |'));
  expect(text).toContain('**lock-out on 2 apps**: these changes need an extra approval for each app (--confirm APP).');
  expect(text).toContain('| area.other | 1 (fn-a) | blocked by a safety check: fn-a');
  const page = planHtml(planReport([planOf('fn-a', controls)], HEAD));
  expect(page).toContain(DIGEST);
  expect(page).toContain("default-src 'none'");
  expect(page).toContain('fn-a &lt;b&gt;@everyone&lt;/b&gt; | has no key.');
});

test('a message that several controls of an area have stands once, with all of them', () => {
  const both = [control('area.rules', 'lock-out', 'Callers get 403.'), control('area.default', 'lock-out', 'Callers get 403.')];
  const report = planReport([planOf('fn-a', both), planOf('fn-b', both)], HEAD);
  expect(planMarkdown(report).match(/Callers get 403/g)).toHaveLength(1);
  expect(planMarkdown(report)).toMatch(/^- \*\*Area: area\.\S+, area\.\S+\*\*: Callers get 403\. \(2 apps\)$/m);
  expect(planHtml(report).match(/Callers get 403/g)).toHaveLength(1);
});

test('plan --format markdown and html have the digest of plan --json', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const [json, markdown, page, csv] = await Promise.all(
    ['json', 'markdown', 'html', 'csv'].map((format) => inside(here, ['plan', file, '--format', format, '--quiet'])),
  );
  const { digest } = JSON.parse(json!.stdout) as { digest: string };
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(markdown!.code).toBe(2);
  expect(markdown!.stdout.trimEnd().split('\n').at(-1)).toBe(`Digest: \`${digest}\``);
  expect(page!.stdout).toContain(digest);
  expect(page!.stdout).toMatch(/^<!doctype html>/);
  expect(csv!.code).toBe(64);
});
