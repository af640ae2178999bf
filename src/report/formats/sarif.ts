/** SARIF 2.1.0 for code scanning: one rule per control, one result per open or accepted finding. */
import { safeJson } from '../../text/plain.ts';
import { AUDIT_STOPPED, ownAreasText, type AuditHead, type AuditWriter } from '../audit-writers.ts';
import { docsOf, Gravest, isOpen, isShared, labelOf, auditRows, SharedFindings, subjectOf, type Row } from './rows.ts';
import { SEVERITIES } from '../../view/app-progress.ts';
import { nameIn } from '../../azure/index.ts';
import { INFORMATION, LEVEL, MOST_RESULTS as MOST, ruleName, SCORE } from './sarif-parts.ts';
import { tagTexts } from '../audited-app.ts';
import { cisOf, complianceOf } from '../../contract/index.ts';

/** Most tags of a rule: code scanning refuses more than 20 and shows the first 10, so the newest benchmarks come first. */
const MOST_TAGS = 20;
/** Number of apps that a result about a shared resource lists; its message has the total. */
const MOST_USERS = 20;
/** Ranks rows: failing controls by severity, then other open controls. */
const rank = ({ state, severity }: Row): number => (state === 'fail' ? 0 : SEVERITIES.length) + SEVERITIES.indexOf(severity);

export function sarifWriter(head: AuditHead): AuditWriter {
  const rules = new Map<string, Row>();
  const gravest = new Gravest(MOST, rank);
  const shared = new SharedFindings();
  let allRead = true;
  return {
    begin: () => '',
    app(app) {
      for (const row of auditRows(app)) {
        if (!rules.has(row.id)) rules.set(row.id, row);
        if (row.failure !== undefined) allRead = false;
        if (shared.takes(row)) continue;
        if (isOpen(row) || row.state === 'accepted') gravest.add(row);
      }
      return '';
    },
    end({ stopped = false }) {
      for (const row of shared.rows()) gravest.add(row);
      return sarif(head, [...rules.values()], gravest, allRead, stopped);
    },
  };
}

function* sarif(
  { tool, generatedAt, controls }: AuditHead,
  rules: readonly Row[],
  gravest: Gravest,
  allRead: boolean,
  stopped: boolean,
): Generator<string> {
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const version = tool.split(' ')[1] ?? '0.0.0';
  const driver = { name: 'func-harden', informationUri: INFORMATION, version, semanticVersion: version, rules: rules.map(ruleOf) };
  const own = controls ? [{ level: 'note', message: { text: ownAreasText(controls) } }] : [];
  const notes = [
    ...own,
    ...(stopped ? [{ level: 'error', message: { text: AUDIT_STOPPED } }] : []),
    ...(gravest.total > MOST ? [leftOut(gravest)] : []),
  ];
  const cut = notes.length > 0 ? { toolExecutionNotifications: notes } : {};
  const run = {
    tool: { driver },
    invocations: [{ executionSuccessful: allRead && !stopped, endTimeUtc: generatedAt, ...cut }],
    automationDetails: { id: 'func-harden/' },
    columnKind: 'utf16CodeUnits',
    results: [],
  };
  const document = safeJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, 2);
  // Results are written one by one, because together they can take many megabytes.
  const place = document.lastIndexOf('[]') + 1;
  yield document.slice(0, place);
  for (const [at, row] of gravest.rows().entries()) yield `${at > 0 ? ',' : ''}\n${safeJson(resultOf(row, index.get(row.id) ?? 0))}`;
  yield `${document.slice(place)}\n`;
}

/** Counts the results that are not written, by severity. */
function leftOut(gravest: Gravest): object {
  const kept = gravest.rows();
  const parts = SEVERITIES.flatMap((severity) => {
    const many = (gravest.bySeverity.get(severity) ?? 0) - kept.filter((row) => row.severity === severity).length;
    return many > 0 ? [`${many} ${severity}`] : [];
  });
  const text = `${gravest.total - MOST} results of lower severity or without findings are not included (${parts.join(', ')}), because code scanning accepts ${MOST} per run. The JSON and CSV reports contain all results.`;
  return { level: 'warning', message: { text } };
}

/** Escapes brackets, which make a link in SARIF messages. */
const unlinked = (text: string): string => (text.includes('](') ? text.replace(/[\\[\]]/g, '\\$&') : text);

function ruleOf(row: Row): object {
  const { id, control, step, severity } = row;
  const compliance = complianceOf(control);
  const tags = [
    'security',
    'azure-functions',
    step.id,
    ...(compliance.mcsb ?? []).map((one) => `MCSB ${one}`),
    ...(compliance.cisCompute ?? []).map((one) => `CIS Compute Services 2.0 ${one}`),
    ...cisOf(compliance)
      .toReversed()
      .map(([version, one]) => `CIS ${version} ${one}`),
    ...(compliance.nist ?? []).map((one) => `NIST SP 800-53 ${one}`),
    ...(compliance.iso27001 ?? []).map((one) => `ISO/IEC 27001:2022 ${one}`),
  ];
  return {
    id,
    name: ruleName(id),
    shortDescription: { text: labelOf(row) },
    fullDescription: { text: control.because },
    helpUri: docsOf(row),
    help: { text: `${control.because} See ${docsOf(row)}`, markdown: `${control.because}\n\n[${step.title}](${docsOf(row)})` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: tags.slice(0, MOST_TAGS), 'security-severity': SCORE[severity], precision: 'very-high' },
  };
}

const propertiesOf = (app: Row['app']): object => ({
  subscription: app.subscription ?? app.target.subscriptionId,
  resourceGroup: app.target.resourceGroup,
  ...(app.owner === undefined ? {} : { owner: app.owner }),
  tags: tagTexts(app),
});

function resultOf(row: Row, ruleIndex: number): object {
  const { id, state, found, wanted, reason, path, app, users } = row;
  const { target } = app;
  const resource = row.resource ?? target.id;
  // The app, or the resource that several apps use, identifies and groups results.
  const about = users ? resource : target.id;
  const places = users?.slice(0, MOST_USERS) ?? [];
  const isFinding = state === 'fail' || state === 'attestation-expired' || state === 'accepted';
  return {
    ruleId: id,
    ruleIndex,
    kind: isFinding ? 'fail' : state === 'unknown' ? 'open' : 'review',
    level: isFinding ? LEVEL[row.severity] : 'none',
    message: {
      text: unlinked(`${subjectOf(row)}: ${labelOf(row)}: current value ${found}, desired value ${wanted}${reason ? ` (${reason})` : ''}`),
    },
    locations: [
      {
        // File and line, if code was read as well. Otherwise the id of the app or resource is used as the path, which groups and tracks the
        // results.
        physicalLocation: {
          artifactLocation: { uri: row.declared?.uri ?? about.replace(/^\//, '').split('/').map(encodeURIComponent).join('/') },
          region: { startLine: row.declared?.line ?? 1 },
        },
        logicalLocations: [
          { name: users ? nameIn(resource) : target.label, fullyQualifiedName: `${resource}${path ? `#${path}` : ''}`, kind: 'resource' },
          ...places.map((user) => ({ name: user.label, fullyQualifiedName: user.id, kind: 'resource' })),
        ],
      },
    ],
    // Code scanning reads only the first fingerprint. Without line numbers, the app or resource and the rule identify a result.
    partialFingerprints: {
      primaryLocationLineHash: `${about.toLowerCase()}#${id}`,
      'funcHarden/v1': `${about.toLowerCase()}#${id}`,
    },
    // A shared resource has no owner; its apps are in the locations.
    ...(isShared(row) ? {} : { properties: propertiesOf(app) }),
    ...(state === 'accepted' ? { suppressions: [{ kind: 'external', status: 'accepted', justification: reason ?? '' }] } : {}),
  };
}
