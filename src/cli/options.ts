/** Every option once, as data: parsing, help and completion are made from it. */
import { FINDING_RISKS, SORTS } from '../engine/findings/words.ts';
import { AUTH_MODES } from '../arm/auth-modes.ts';

export const AUTH_MODE_NAMES: readonly string[] = AUTH_MODES;

export interface OptionSpec {
  readonly flags: string;
  readonly says: string;
  readonly choices?: readonly string[];
}

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown', 'html', 'csv'] as const;
/** Formats of a plan and of findings; an audit has all. */
export const PLAN_FORMATS = ['text', 'json', 'markdown', 'html'] as const;
export const FINDINGS_FORMATS = ['text', 'json', 'csv'] as const;
export const EXPORTS = ['az', 'bicep', 'terraform', 'policy'] as const;
export const POLICY_EFFECTS = ['audit', 'deny', 'modify', 'deployIfNotExists'] as const;
export const FAIL_ON_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export const OPTIONS = {
  subscription: { flags: '--subscription <id...>', says: "only these subscriptions: id, name, or a pattern like 'prod-*'" },
  managementGroup: { flags: '--management-group <id...>', says: 'only subscriptions below these management groups' },
  resourceGroup: { flags: '--resource-group <name>', says: 'only this resource group' },
  app: { flags: '--app <name-or-id...>', says: "these apps: name, app/slot, resource id, or a pattern like 'fn-*'" },
  slot: { flags: '--slot <name>', says: 'this slot instead of production; "all" for production and every slot' },
  owner: { flags: '--owner <name>', says: 'only apps whose owner tag has this value' },
  ownerTag: { flags: '--owner-tag <tag>', says: 'the tag that names the owner of an app (default owner)' },
  codeTag: {
    flags: '--code-tag <tag...>',
    says: 'more tags that show that code declares an app, beside azd-env-name, terraform, managed-by and the like; * for any letters',
  },
  tag: { flags: '--tag <key=value...>', says: 'only apps with these tags' },
  all: { flags: '--all', says: 'every function app in reach' },
  step: { flags: '--step <id...>', says: 'only these areas' },
  profile: {
    flags: '--profile <name>',
    says: 'baseline: what breaks next to nobody; strict: everything (default)',
    choices: ['baseline', 'strict'],
  },
  permissions: { flags: '--permissions', says: 'print the least custom roles for an audit and for a run' },
  cloud: {
    flags: '--cloud <name>',
    says: 'the Azure cloud (default AzureCloud)',
    choices: ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'],
  },
  tenant: { flags: '--tenant <id>', says: 'sign in to this tenant' },
  auth: { flags: '--auth <how>', says: 'how to sign in (default auto); token takes FUNC_HARDEN_ACCESS_TOKEN', choices: AUTH_MODES },
  armEndpoint: { flags: '--arm-endpoint <url>', says: 'another Azure Resource Manager (also FUNC_HARDEN_ARM_ENDPOINT)' },
  json: { flags: '--json', says: 'the result as JSON on stdout' },
  format: {
    flags: '--format <format>',
    says: 'format of the result (default text); FORMAT=FILE writes one more, and may be given several times',
    choices: FORMATS,
  },
  exportFormat: { flags: '--format <format>', says: 'what the changes are written as', choices: EXPORTS },
  as: { flags: '--as <form>', says: 'of policy: what it is written as (default bicep)', choices: ['bicep', 'az'] },
  effect: { flags: '--effect <effect>', says: 'of policy: what a policy does, where it can (default audit)', choices: POLICY_EFFECTS },
  output: { flags: '--output <file>', says: 'write the result to a file' },
  color: { flags: '--no-color', says: 'no colours (NO_COLOR does the same)' },
  ascii: { flags: '--ascii', says: 'ASCII symbols only' },
  plain: { flags: '--plain', says: 'line prompts instead of the full screen; for screen readers' },
  quiet: { flags: '--quiet', says: 'no progress, only the result' },
  input: { flags: '--no-input', says: 'never ask; fail with what is missing instead' },
  out: { flags: '--out <file>', says: 'save the plan, to be applied as it is by replay --plan' },
  plan: { flags: '--plan <file>', says: 'apply this saved plan, and nothing else' },
  requireDigest: { flags: '--require-digest <digest>', says: 'of --plan: only if its digest is this one' },
  approvedBy: { flags: '--approved-by <name>', says: 'of --plan: who approved it; the undo log keeps the name' },
  maxAge: { flags: '--max-age <age>', says: 'of --plan: not if it is older, like 7d or 12h' },
  details: { flags: '--details', says: 'show every app of a plan, however many they are' },
  safe: { flags: '--safe', says: 'without a file: every fix that is safe and needs no answer, on the chosen apps' },
  disruptive: { flags: '--disruptive', says: 'with --safe: also fixes that restart the app or that old clients notice' },
  dryRun: { flags: '--dry-run', says: 'show what would be sent; send nothing' },
  yes: { flags: '--yes', says: 'approve safe and disruptive changes' },
  confirm: { flags: '--confirm <app...>', says: 'approve lock-out and one-way changes of this app as well' },
  onFailure: {
    flags: '--on-failure <what>',
    says: 'when a change of an app fails (default stop)',
    choices: ['stop', 'rollback', 'continue'],
  },
  stopOnFailure: { flags: '--stop-on-failure', says: 'stop at the first app that fails' },
  sort: { flags: '--sort <by>', says: 'order of the findings (default severity)', choices: SORTS },
  risk: { flags: '--risk <risk...>', says: 'only findings whose fix has this risk', choices: FINDING_RISKS },
  severity: { flags: '--severity <severity...>', says: 'only findings of this severity', choices: ['low', 'medium', 'high', 'critical'] },
  failOn: {
    flags: '--fail-on <severity>',
    says: 'lowest severity of a finding that makes exit code 2 (default low)',
    choices: FAIL_ON_SEVERITIES,
  },
  allowUnknown: { flags: '--allow-unknown', says: 'exit code 0 instead of 6 where something could not be read and nothing else was found' },
  concurrency: { flags: '--concurrency <n>', says: 'apps worked on at the same time (default 4, audit 8)' },
  canary: { flags: '--canary <n>', says: 'do and verify the first n apps, and the others only if all went well' },
  verify: { flags: '--verify <pack>', says: 'check a pack of evidence: its files, the chain of its logs, its signature' },
  signKey: { flags: '--sign-key <key>', says: 'sign the evidence: the file of a private key (PEM), or the address of a key in Key Vault' },
  publicKey: { flags: '--public-key <file>', says: 'of --verify: the key that it must be signed with (PEM)' },
  statePlace: { flags: '--state <dir-or-url>', says: 'where the undo log lies (also FUNC_HARDEN_STATE)' },
  stateDir: { flags: '--state-dir <dir>', says: 'older name of --state' },
  theme: {
    flags: '--theme <name>',
    says: 'colours for a dark or a light background (default: as the terminal says)',
    choices: ['dark', 'light'],
  },
  myIp: { flags: '--my-ip <address>', says: 'your public address, to see whether you keep access' },
  debug: { flags: '--debug <file>', says: 'write what goes over the wire to this file, without values; safe to attach to an issue' },
  record: {
    flags: '--record <file>',
    says: 'write the exchanges to this file, with everything personal replaced; emulator --recorded serves them',
  },
  compare: { flags: '--compare <old.json>', says: 'show what changed since an earlier audit --json' },
  answers: { flags: '--answers <file>', says: 'judge by this answers file too' },
  source: { flags: '--source <dir>', says: 'tell where in this code each value is declared' },
  check: { flags: '--check', says: 'judge by the code alone; exit code 2 where it holds a finding' },
  patch: { flags: '--patch <file>', says: 'write the changes of the code to this file, for git apply' },
  terraformState: { flags: '--terraform-state <file>', says: 'match blocks to apps by terraform show -json or a state file' },
  template: { flags: '--template <file>', says: 'read this ARM template or Bicep file too' },
  parameters: { flags: '--parameters <file>', says: 'the parameters file of the template' },
  despiteCode: { flags: '--despite-code', says: 'change live values although code that owns them will set them back' },
  save: { flags: '--save <file>', says: 'where the wizard keeps your answers (default func-harden.answers.yaml)' },
  for: { flags: '--for <platform>', says: 'what the pipeline runs on', choices: ['github', 'azure-devops'] },
  stages: { flags: '--stages <stage...>', says: 'what the pipeline does: audit, plan, apply; may name several (default audit)' },
  install: {
    flags: '--install <spec>',
    says: 'where the pipeline takes func-harden from: OWNER/REPO@COMMIT, or URL.tgz#sha512-… (there is no default)',
  },
  change: { flags: '--change <n...>', says: 'only these changes of the run' },
  rollback: { flags: '--rollback', says: 'take back what the run did, instead of finishing it' },
  overwrite: { flags: '--overwrite', says: 'take back also what somebody changed since' },
  despiteDamage: { flags: '--despite-damage <run>', says: 'go on with what is intact of this run, whose undo log was damaged' },
  try: { flags: '--try', says: 'prove writes on this app: write values back as they are, after asking, and record it' },
  port: { flags: '--port <n>', says: 'port to listen on (default 0: a free one)' },
  scenario: { flags: '--scenario <name>', says: 'what is in it (default contoso)', choices: ['contoso', 'fleet'] },
  apps: { flags: '--apps <n>', says: 'how many apps the fleet has' },
  subscriptions: { flags: '--subscriptions <n>', says: 'how many subscriptions they lie in (default one for each 1000 apps)' },
  state: { flags: '--state <file>', says: 'keep the state in this file over restarts' },
  log: { flags: '--log <file>', says: 'append every exchange to this file (NDJSON)' },
  latency: { flags: '--latency <ms>', says: 'milliseconds to wait before each answer (default 0)' },
  propagation: { flags: '--propagation <seconds>', says: 'a new identity or role assignment is known everywhere only after this time' },
  throttle: { flags: '--throttle', says: "keep to ARM's own request limits" },
  recorded: { flags: '--recorded <file>', says: 'serve the exchanges in this file instead (written by --record)' },
  faults: { flags: '--faults <file>', says: 'start with these faults (JSON)' },
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

/** What was given; commander's own camelCase names are the keys above, `exportFormat` apart: it is the `--format` of `export`. */
export type Options = { readonly [Name in Exclude<OptionName, 'exportFormat' | 'statePlace'>]?: ValueOf<(typeof OPTIONS)[Name]> } & {
  /** Options whose values are settings of the person: this call did not choose them. */
  readonly presets?: readonly OptionName[];
  /** Each `--format FORMAT=FILE`. */
  readonly reports?: readonly ReportFile[];
};

export interface ReportFile {
  readonly format: (typeof FORMATS)[number];
  readonly file: string;
}
