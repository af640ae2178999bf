/** The table of options, from which parsing, help and completion are made. */
import { FINDING_RISKS, SORTS } from '../engine/findings/finding-terms.ts';
import { AUTH_MODES } from '../arm/sign-in/auth-modes.ts';

export const AUTH_MODE_NAMES: readonly string[] = AUTH_MODES;

interface OptionSpec {
  readonly flags: string;
  readonly says: string;
  readonly choices?: readonly string[];
}

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown', 'html', 'csv'] as const;
/** Formats of plans and findings; an audit supports all formats. */
export const PLAN_FORMATS = ['text', 'json', 'markdown', 'html'] as const;
export const FINDINGS_FORMATS = ['text', 'json', 'csv'] as const;
export const SOURCE_FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;
export const EXPORTS = ['az', 'bicep', 'terraform', 'policy'] as const;
const POLICY_EFFECTS = ['audit', 'deny', 'modify', 'deployIfNotExists'] as const;
/** The numbers of apps in parallel by default. The request budget slows an audit down where necessary. */
export const APPS_AT_ONCE = { usual: 4, audit: 32 } as const;
export const FAIL_ON_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export const OPTIONS = {
  subscription: { flags: '--subscription <id...>', says: "only these subscriptions: id, name, or a pattern like 'prod-*'" },
  managementGroup: { flags: '--management-group <id...>', says: 'only subscriptions in these management groups' },
  resourceGroup: { flags: '--resource-group <name>', says: 'only this resource group' },
  app: { flags: '--app <name-or-id...>', says: "these apps: name, app/slot, resource id, or a pattern like 'fn-*'" },
  slot: { flags: '--slot <name>', says: 'this slot instead of production; "all" for production and every slot' },
  owner: { flags: '--owner <name>', says: 'only apps whose owner tag has this value' },
  ownerTag: { flags: '--owner-tag <tag>', says: 'name of the tag that holds the owner (default: owner)' },
  codeTag: {
    flags: '--code-tag <tag...>',
    says: 'additional tags that mark an app as declared in code, besides azd-env-name, terraform, managed-by and similar; * matches any letters',
  },
  tag: { flags: '--tag <key=value...>', says: 'only apps with these tags' },
  all: { flags: '--all', says: 'every function app that you can read' },
  step: { flags: '--step <id...>', says: 'only these areas (steps in the answers file)' },
  profile: {
    flags: '--profile <name>',
    says: 'baseline: changes that are safe for nearly every app; strict: all controls (default)',
    choices: ['baseline', 'strict'],
  },
  permissions: { flags: '--permissions', says: 'print the custom roles with the least permissions for an audit and for a run' },
  cloud: {
    flags: '--cloud <name>',
    says: 'the Azure cloud (default AzureCloud)',
    choices: ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'],
  },
  tenant: { flags: '--tenant <id>', says: 'sign in to this tenant' },
  auth: { flags: '--auth <how>', says: 'sign-in method (default auto); token reads FUNC_HARDEN_ACCESS_TOKEN', choices: AUTH_MODES },
  armEndpoint: { flags: '--arm-endpoint <url>', says: 'URL of a different Azure Resource Manager (also FUNC_HARDEN_ARM_ENDPOINT)' },
  json: { flags: '--json', says: 'print the result as JSON' },
  format: {
    flags: '--format <format>',
    says: 'format of the result (default text); FORMAT=FILE writes an additional report and can be repeated',
    choices: FORMATS,
  },
  exportFormat: { flags: '--format <format>', says: 'target format of the changes', choices: EXPORTS },
  as: { flags: '--as <form>', says: 'with --format policy: file type (default bicep)', choices: ['bicep', 'az'] },
  effect: {
    flags: '--effect <effect>',
    says: 'with --format policy: effect of the policies that support it (default audit)',
    choices: POLICY_EFFECTS,
  },
  output: { flags: '--output <file>', says: 'write the result to a file' },
  color: { flags: '--no-color', says: 'no colors (NO_COLOR does the same)' },
  ascii: { flags: '--ascii', says: 'ASCII symbols only' },
  mouse: { flags: '--mouse', says: 'use the mouse wheel and clicks (also FUNC_HARDEN_MOUSE); hold Shift to select text' },
  plain: { flags: '--plain', says: 'line prompts instead of the full screen; for screen readers' },
  quiet: { flags: '--quiet', says: 'print only the result, no progress' },
  input: { flags: '--no-input', says: 'ask no questions; fail and list the missing input' },
  out: { flags: '--out <file>', says: 'save the plan to a file for replay --plan' },
  plan: { flags: '--plan <file>', says: 'apply exactly this saved plan' },
  requireDigest: { flags: '--require-digest <digest>', says: 'with --plan: apply only if the plan has this digest' },
  approvedBy: { flags: '--approved-by <name>', says: 'with --plan: name of the approver, recorded in the undo log' },
  maxAge: { flags: '--max-age <age>', says: 'with --plan: refuse a plan that is older than this, for example 7d or 12h' },
  details: { flags: '--details', says: 'show every app of the plan' },
  safe: { flags: '--safe', says: 'without an answers file: every safe fix that needs no answer, on the selected apps' },
  disruptive: { flags: '--disruptive', says: 'with --safe: also disruptive fixes (clients, deployments or costs can be affected)' },
  dryRun: { flags: '--dry-run', says: 'show what would be sent, but send nothing' },
  yes: { flags: '--yes', says: 'approve safe and disruptive changes' },
  confirm: { flags: '--confirm <app...>', says: 'also approve lock-out and one-way changes of this app' },
  onFailure: {
    flags: '--on-failure <what>',
    says: 'if a change fails: stop this app, roll back this app, or continue with its other changes (default stop); other apps continue',
    choices: ['stop', 'rollback', 'continue'],
  },
  stopOnFailure: { flags: '--stop-on-failure', says: 'if an app fails, do not start the remaining apps' },
  sort: { flags: '--sort <by>', says: 'order of the findings (default severity)', choices: SORTS },
  by: { flags: '--by <what>', says: 'one line for each control, with the number of apps that fail it', choices: ['control'] },
  risk: { flags: '--risk <risk...>', says: 'only findings whose fix has this risk', choices: FINDING_RISKS },
  severity: { flags: '--severity <severity...>', says: 'only findings of this severity', choices: ['low', 'medium', 'high', 'critical'] },
  failOn: { flags: '--fail-on <severity>', says: 'lowest severity that causes exit code 2 (default low)', choices: FAIL_ON_SEVERITIES },
  allowUnknown: { flags: '--allow-unknown', says: 'exit code 0 instead of 6 if values are unknown and nothing failed' },
  concurrency: {
    flags: '--concurrency <n>',
    says: `number of apps in parallel (default ${APPS_AT_ONCE.usual})`,
  },
  canary: {
    flags: '--canary <n|key=value>',
    says: 'apply and verify the first n apps, or those with this tag, then continue only if all succeeded',
  },
  verify: { flags: '--verify <pack>', says: 'verify an evidence package: files, complete undo log, signature' },
  signKey: { flags: '--sign-key <key>', says: 'sign the evidence package: file of a private key (PEM), or URL of a key in Key Vault' },
  publicKey: { flags: '--public-key <file>', says: 'with --verify: public key of the expected signer (PEM)' },
  statePlace: { flags: '--state <dir-or-url>', says: 'location of the undo log (also FUNC_HARDEN_STATE)' },
  controls: {
    flags: '--controls <dir>',
    says: 'load custom areas from this folder (absolute path; other users must not have write permission)',
  },
  controlsDigest: { flags: '--controls-digest <digest>', says: 'with --controls: refuse the folder unless it has this digest' },
  stateDir: { flags: '--state-dir <dir>', says: 'old name of --state' },
  theme: { flags: '--theme <name>', says: 'colors for a dark or a light background (default: detected)', choices: ['dark', 'light'] },
  myIp: { flags: '--my-ip <address>', says: 'your public IP address, to check whether you keep access' },
  debug: { flags: '--debug <file>', says: 'write a log of requests without values to this file; safe to attach to an issue' },
  record: {
    flags: '--record <file>',
    says: 'record requests and responses in this file, with personal data replaced; emulator --recorded serves them',
  },
  compare: { flags: '--compare <old.json>', says: 'show what changed since an earlier audit --json' },
  answers: { flags: '--answers <file>', says: 'also apply the decisions in this answers file' },
  source: { flags: '--source <dir>', says: 'show where this code declares each value' },
  check: { flags: '--check', says: 'check the code only; exit code 2 if it has findings' },
  patch: { flags: '--patch <file>', says: 'write the code changes as a patch for git apply' },
  terraformState: {
    flags: '--terraform-state <file>',
    says: 'Terraform state that shows which code belongs to which app (output of terraform show -json)',
  },
  template: { flags: '--template <file>', says: 'also read this ARM template or Bicep file' },
  parameters: { flags: '--parameters <file>', says: 'the parameters file of the template' },
  despiteCode: { flags: '--despite-code', says: 'change the values in Azure although the next deployment of the code reverts them' },
  save: { flags: '--save <file>', says: 'answers file that the wizard writes (default func-harden.answers.yaml)' },
  for: { flags: '--for <platform>', says: 'pipeline platform', choices: ['github', 'azure-devops'] },
  stages: { flags: '--stages <stage...>', says: 'stages of the pipeline: audit, plan, apply (default audit)' },
  install: {
    flags: '--install <spec>',
    says: 'source of func-harden for the pipeline: OWNER/REPO@COMMIT or URL.tgz#sha512-… (no default)',
  },
  change: { flags: '--change <n...>', says: 'only these changes of the run' },
  rollback: { flags: '--rollback', says: 'roll back the run instead of finishing it' },
  overwrite: { flags: '--overwrite', says: 'also revert values that someone changed after the run' },
  despiteDamage: { flags: '--despite-damage <run>', says: 'use the intact changes of this run, although its undo log is damaged' },
  try: { flags: '--try', says: 'test writes on this app: write current values back, after confirmation, and record the requests' },
  port: { flags: '--port <n>', says: 'port to listen on (default 0: a free one)' },
  scenario: { flags: '--scenario <name>', says: 'sample content (default contoso)', choices: ['contoso', 'fleet'] },
  apps: { flags: '--apps <n>', says: 'number of sample apps' },
  subscriptions: { flags: '--subscriptions <n>', says: 'number of subscriptions (default one per 1000 apps)' },
  state: { flags: '--state <file>', says: 'store the state in this file' },
  log: { flags: '--log <file>', says: 'append every request and response to this file (NDJSON)' },
  latency: { flags: '--latency <ms>', says: 'delay of each response in milliseconds (default 0)' },
  propagation: { flags: '--propagation <ms>', says: 'delay in milliseconds until new identities and role assignments take effect' },
  throttle: { flags: '--throttle', says: 'apply the request limits of Azure Resource Manager' },
  recorded: { flags: '--recorded <file>', says: 'serve the responses in this file (written by --record)' },
  faults: { flags: '--faults <file>', says: 'simulate the faults in this file (JSON)' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Spec['flags'] extends `${string}...>`
    ? Choice[]
    : Choice
  : Spec['flags'] extends `${string}...>`
    ? string[]
    : Spec['flags'] extends `${string}>`
      ? string
      : boolean;

/** The given options, under commander's camelCase names. The exception is `exportFormat`, which is the `--format` of `export`. */
export type Options = { readonly [Name in Exclude<OptionName, 'exportFormat' | 'statePlace'>]?: ValueOf<(typeof OPTIONS)[Name]> } & {
  /** Options whose values come from the user's configuration and not from the command line. */
  readonly presets?: readonly OptionName[];
  /** One entry per `--format FORMAT=FILE`. */
  readonly reports?: readonly ReportFile[];
};

export interface ReportFile {
  readonly format: (typeof FORMATS)[number];
  readonly file: string;
}
