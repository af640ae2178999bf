/** Writes policy assignments and exemptions as subscription-level Bicep, or as an `az policy` script. */
import { safeJson } from '../../text/plain.ts';
import type { Json } from '../../azure/index.ts';
import { quoted } from './az.ts';
import { commented, type Exported, type Origin } from './file.ts';
import { Identifiers } from './identifiers.ts';
import { BICEP, literal } from './literals.ts';
import type { PlannedAssignment, Exemption, PolicyPlan } from './policy.ts';

const DEFINITIONS = '/providers/Microsoft.Authorization/policyDefinitions';
const ROLES = 'Microsoft.Authorization/roleDefinitions';
const text = (value: string): string => BICEP.text(value);

const head = (mark: string, { version, from }: Origin, { assignments }: PolicyPlan, how: string): string =>
  commented(mark, [
    `Azure Policy assignments that enforce ${from} for function apps; written by func-harden ${version}.`,
    how,
    'They apply to every app, storage account, vault and component of the subscription, including those without answers. They use built-in definitions of Azure.',
    'Policies with the effect Modify or DeployIfNotExists act when a resource is created or updated. For existing resources, start a remediation task.',
    ...(assignments.some(({ effect }) => effect === 'Deny')
      ? [
          'Policies with the effect Deny refuse each creation and each change of a resource without the value, by every tool and pipeline. Assign them with',
          '--effect audit first, and exclude resources that must not have the value (notScopes of the assignment).',
        ]
      : []),
  ]);

/** Lists the controls that no policy covers, at the end of either file. */
const rest = (mark: string, { uncovered, notes }: PolicyPlan): string =>
  (notes.length > 0 ? `\n${commented(mark, notes)}` : '') +
  (uncovered.length > 0
    ? `\n${commented(mark, [
        'func-harden has no built-in policy for these controls. Audit them in a pipeline: func-harden pipeline --for github',
        ...uncovered.map((id) => `  ${id}`),
      ])}`
    : '');

const parametersOf = ({ effect, parameters }: PlannedAssignment): Record<string, Json> => ({ effect, ...parameters });

export function policyBicep(plan: PolicyPlan, origin: Origin): Exported {
  const { assignments, exemptions } = plan;
  const open = [...new Set(assignments.flatMap((one) => one.open))];
  const names = new Identifiers();
  for (const name of [...open, 'location']) names.nameFor(name);
  const symbols = new Map(assignments.map((one) => [one.name, names.nameFor('assignment', one.title.replace(/\W+/g, '_').slice(0, 60))]));
  const parts = [
    head('// ', origin, plan, 'Deploy it at each subscription: az deployment sub create --location LOCATION --template-file FILE'),
    "targetScope = 'subscription'\n",
    ...open.map((name) => `@description('The id for this policy parameter, which is not in the answers file.')\nparam ${name} string\n`),
    ...(assignments.some(({ roles }) => roles.length > 0)
      ? [
          "@description('Location of the managed identities of the assignments that remediate resources.')\nparam location string = deployment().location\n",
        ]
      : []),
    ...assignments.map((one) => bicepAssignment(one, symbols.get(one.name) ?? '')),
    ...exemptions.map((one, index) => bicepExemption(one, `exemption${index + 1}`, symbols.get(one.assignment) ?? '', origin.base)),
  ];
  const files = [{ name: '', text: `${parts.join('\n')}${rest('// ', plan)}` }];
  return { files: exemptions.length > 0 ? [...files, { name: `${origin.base}.exemption.bicep`, text: EXEMPTION_MODULE }] : files, left: 0 };
}

function bicepAssignment(one: PlannedAssignment, symbol: string): string {
  const { name, title, definition, open, roles, notes } = one;
  const parameters = Object.entries(parametersOf(one)).map(
    ([key, value]) => `      ${BICEP.member(key)} {\n        value: ${literal(value, BICEP, () => 'null')}\n      }\n`,
  );
  const asked = open.map((key) => `      ${key}: {\n        value: ${key}\n      }\n`);
  const identity = roles.length > 0 ? "  location: location\n  identity: {\n    type: 'SystemAssigned'\n  }\n" : '';
  const rights = roles.map(
    (role, index) => `
resource ${symbol}_role${index + 1} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, ${text(name)}, ${text(role)})
  properties: {
    roleDefinitionId: subscriptionResourceId(${text(ROLES)}, ${text(role)})
    principalId: ${symbol}.identity.principalId
    principalType: 'ServicePrincipal'
  }
}
`,
  );
  return `${commented('// ', notes)}resource ${symbol} 'Microsoft.Authorization/policyAssignments@2024-04-01' = {
  name: ${text(name)}
${identity}  properties: {
    displayName: ${text(title)}
    policyDefinitionId: ${text(`${DEFINITIONS}/${definition}`)}
    parameters: {
${[...parameters, ...asked].join('')}    }
  }
}
${rights.join('')}`;
}

/** Formats an exemption as a module in the app's resource group; it is deployed only in the subscription of the app. */
const bicepExemption = ({ name, target, title, why, until }: Exemption, symbol: string, assignment: string, base: string): string =>
  `module ${symbol} ${text(`./${base}.exemption.bicep`)} = if (subscription().subscriptionId == ${text(target.subscriptionId)}) {
  name: ${text(name)}
  scope: resourceGroup(${text(target.resourceGroup)})
  params: {
    name: ${text(name)}
    app: ${text(target.name)}
${target.slot === undefined ? '' : `    slot: ${text(target.slot)}\n`}    assignmentId: ${assignment}.id
    title: ${text(title)}
    why: ${text(why)}
    until: ${text(until)}
  }
}
`;

const exemptionOn = (symbol: string, scope: string, condition: string): string => `
resource ${symbol} 'Microsoft.Authorization/policyExemptions@2022-07-01-preview' = if (${condition}) {
  scope: ${scope}
  name: name
  properties: {
    policyAssignmentId: assignmentId
    exemptionCategory: 'Waiver'
    expiresOn: until
    displayName: title
    description: why
  }
}
`;
const EXEMPTION_MODULE = `${commented('// ', ['An accepted finding: until its end date, the policy does not report this app.'])}targetScope = 'resourceGroup'

param name string
param app string
@description('Empty for the app itself.')
param slot string = ''
param assignmentId string
param title string
param why string
param until string

resource site 'Microsoft.Web/sites@2024-11-01' existing = {
  name: app
}

resource slotSite 'Microsoft.Web/sites/slots@2024-11-01' existing = {
  parent: site
  name: empty(slot) ? 'none' : slot
}
${exemptionOn('onSite', 'site', 'empty(slot)')}${exemptionOn('onSlot', 'slotSite', '!empty(slot)')}`;

/** Returns the environment variable for a parameter: LOG_ANALYTICS for logAnalytics. */
const variable = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

export function policyAz(plan: PolicyPlan, origin: Origin): Exported {
  const { assignments, exemptions } = plan;
  const open = [...new Set(assignments.flatMap((one) => one.open))];
  const lines = [
    '#!/usr/bin/env bash',
    head(
      '# ',
      origin,
      plan,
      'bash FILE assigns the policies in the current subscription of the Azure CLI. SUBSCRIPTION=ID selects a different subscription. Can be run again.',
    ).trimEnd(),
    'set -euo pipefail',
    'command -v az >/dev/null || { echo "This script needs az." >&2; exit 69; }',
    'SUBSCRIPTION="${SUBSCRIPTION:-$(az account show --query id --output tsv)}"',
    'LOCATION="${LOCATION:-westeurope}" # location of the managed identities of the assignments that remediate resources',
    ...open.map((name) => `: "\${${variable(name)}:?The id for ${name} is not in the answers}"`),
    ASSIGN,
    ...assignments.map(azAssignment),
    ...exemptions.map(
      ({ name, assignment, target, title, why, until }) =>
        `exempt ${[name, assignment, target.subscriptionId, target.id, until, title, why].map(quoted).join(' ')}`,
    ),
  ];
  return { files: [{ name: '', text: `${lines.join('\n')}\n${rest('# ', plan)}` }], left: 0 };
}

const ASSIGN = `
# assign NAME TITLE DEFINITION PARAMETERS [ROLE...]: with roles, the assignment gets a managed identity with these roles for remediation
assign() {
  local name="$1" title="$2" definition="$3" parameters="$4" scope="/subscriptions/$SUBSCRIPTION" identity=() principal role
  shift 4
  if [ $# -gt 0 ]; then identity=(--mi-system-assigned --location "$LOCATION"); fi
  principal="$(az policy assignment create --only-show-errors --name "$name" --display-name="$title" --policy "$definition" \\
    --scope "$scope" --params="$parameters" \${identity[@]+"\${identity[@]}"} --query identity.principalId --output tsv)"
  for role in "$@"; do
    az role assignment create --only-show-errors --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal \\
      --role "$role" --scope "$scope" --output none
  done
  echo "assigned $name"
}

# In "--name=value" az does not read a later "=@file" as a file, and a value is never taken for an option.
# exempt NAME ASSIGNMENT SUBSCRIPTION RESOURCE UNTIL TITLE WHY: where the resource is one of this subscription
exempt() {
  if [ "$3" != "$SUBSCRIPTION" ]; then return; fi
  az policy exemption create --only-show-errors --name "$1" --exemption-category Waiver --scope "$4" --expires-on "$5" \\
    --policy-assignment "/subscriptions/$SUBSCRIPTION/providers/Microsoft.Authorization/policyAssignments/$2" \\
    --display-name="$6" --description="$7" --output none
  echo "exempted $1"
}
`;

function azAssignment(one: PlannedAssignment): string {
  const { name, title, definition, open, roles, notes } = one;
  const known = Object.fromEntries(Object.entries(parametersOf(one)).map(([key, value]) => [key, { value }]));
  // The shell inserts the value of an open parameter, an ARM id without characters that need escaping.
  const asked = open.map((key) => `${quoted(`,"${key}":{"value":"`)}"$${variable(key)}"${quoted('"}')}`);
  const json = safeJson(known);
  const parameters = asked.length === 0 ? quoted(json) : `${quoted(json.slice(0, -1))}${asked.join('')}${quoted('}')}`;
  return `${commented('# ', notes)}assign ${quoted(name)} ${quoted(title)} ${quoted(definition)} ${parameters}${roles.map((role) => ` ${quoted(role)}`).join('')}`;
}
