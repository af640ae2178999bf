import { declaredText } from '../../view/declared-text.ts';
import { plainText } from '../../text/plain.ts';
import { AUDIT_STOPPED, type AuditHead, type AuditWriter } from '../audit-writers.ts';
import { docsOf, auditRows, type Row } from './rows.ts';
import { tagTexts, type AuditedApp } from '../audited-app.ts';

/** Placeholder for line feeds while other control characters are removed. */
const LINE = '\uE000';
// XML 1.0 has no way to write most control characters.
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const xml = (text: string): string =>
  plainText(text.replaceAll('\n', LINE))
    .replaceAll(LINE, '\n')
    .replace(UNWRITABLE, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Readers turn a line break in an attribute into a space (XML 1.0, 3.3.3), but not its reference. */
const attribute = (text: string): string => xml(text).replaceAll('\n', '&#10;');

/** One suite per app, one case per control: findings fail, unread values are errors, other states are skipped. Some readers need a time. */
export const junitWriter = ({ generatedAt }: AuditHead): AuditWriter => ({
  // The totals are not known yet; they are optional.
  begin: () => '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="func-harden">\n',
  app: (app) => `${suite(app, auditRows(app), generatedAt)}\n`,
  end: ({ stopped }) => [
    ...(stopped
      ? [
          `  <testsuite name="func-harden" tests="1" failures="0" errors="1" skipped="0" time="0" timestamp="${generatedAt.slice(0, 19)}">\n    <testcase classname="func-harden" name="all apps" time="0">\n      <error type="stopped" message="${AUDIT_STOPPED}"/>\n    </testcase>\n  </testsuite>\n`,
        ]
      : []),
    '</testsuites>\n',
  ],
});

const isFailure = ({ state }: Row): boolean => state === 'fail' || state === 'attestation-expired';
const isSkipped = ({ state }: Row): boolean => state === 'not-applicable' || state === 'accepted' || state === 'attestation-missing';
const counts = (rows: readonly Row[]): string =>
  `tests="${rows.length}" failures="${rows.filter(isFailure).length}" errors="${rows.filter(({ state }) => state === 'unknown').length}" skipped="${rows.filter(isSkipped).length}"`;

/** Returns where the app belongs as properties, which readers show next to the suite. */
function propertiesOf(app: AuditedApp): string {
  const { target, subscription, owner } = app;
  const values: readonly (readonly [string, string])[] = [
    ['subscription', subscription ?? target.subscriptionId],
    ['resourceGroup', target.resourceGroup],
    ...(owner === undefined ? [] : [['owner', owner] as const]),
    ...tagTexts(app).map((tag) => ['tag', tag] as const),
  ];
  const lines = values.map(([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>\n`);
  return `    <properties>\n${lines.join('')}    </properties>\n`;
}

function suite(app: AuditedApp, rows: readonly Row[], at: string): string {
  const { target } = app;
  return `  <testsuite name="${attribute(target.label)}" ${counts(rows)} time="0" timestamp="${at.slice(0, 19)}" hostname="${attribute(target.resourceGroup)}">\n${propertiesOf(app)}${rows.map(testCase).join('\n')}\n  </testsuite>`;
}

function testCase(row: Row): string {
  const { control, step, id, state, severity, found, wanted, reason, app } = row;
  const head = `    <testcase classname="${attribute(`${app.target.label}.${step.id}`)}" name="${attribute(`${control.label} (${id})`)}" time="0"`;
  const says = `current value: ${found}; desired value: ${wanted}`;
  if (isFailure(row))
    return `${head}>\n      <failure type="${severity}" message="${attribute(says)}">${xml([control.because, reason ?? '', row.declared ? `Declared in ${declaredText(row.declared)}` : '', docsOf(row)].filter(Boolean).join('\n'))}</failure>\n    </testcase>`;
  if (state === 'unknown')
    return `${head}>\n      <error type="unknown" message="${attribute(reason ?? 'could not be read')}"/>\n    </testcase>`;
  if (isSkipped(row)) return `${head}>\n      <skipped message="${attribute(`${state}${reason ? `: ${reason}` : ''}`)}"/>\n    </testcase>`;
  return `${head}/>`;
}
