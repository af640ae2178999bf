/** The table of commands, from which the parser, help, completion and documentation are made. */
import { APPS_AT_ONCE, FINDINGS_FORMATS, type OptionName, PLAN_FORMATS, SOURCE_FORMATS } from './options.ts';

export type CommandName =
  | 'wizard'
  | 'audit'
  | 'findings'
  | 'plan'
  | 'replay'
  | 'history'
  | 'undo'
  | 'resume'
  | 'steps'
  | 'evidence'
  | 'export'
  | 'source'
  | 'doctor'
  | 'pipeline'
  | 'demo'
  | 'emulator'
  | 'completion'
  | 'config';

export interface CommandSpec {
  readonly name: CommandName;
  /** `<required>` or `[optional]`. */
  readonly args: readonly string[];
  /** Options that can replace the arguments. */
  readonly instead?: readonly OptionName[];
  readonly summary: string;
  /** Words of other tools for the same. They are not commands, but the error names the command. */
  readonly known?: readonly string[];
  readonly options: readonly OptionName[];
  /** The help text of an option in this command, if it differs from the general text. */
  readonly meanings?: Readonly<Partial<Record<OptionName, string>>>;
  /** Values that this command accepts, where the option has more. */
  readonly values?: Readonly<Partial<Record<OptionName, readonly string[]>>>;
  readonly examples: readonly string[];
}

const LOOK = ['theme', 'color', 'ascii', 'quiet', 'input'] as const;
const TARGETS = ['subscription', 'managementGroup', 'resourceGroup', 'app', 'slot', 'tag', 'owner', 'ownerTag', 'all'] as const;
const AZURE = ['cloud', 'tenant', 'auth', 'armEndpoint', 'debug', 'record'] as const;
const OWN = ['controls', 'controlsDigest'] as const;
const WORK = ['step', 'profile', 'myIp', ...OWN] as const;
/** The options of every command that looks at apps. */
const SELECT = [...TARGETS, ...WORK, ...AZURE] as const;
const RESULT = ['json', 'format', 'output'] as const;
const STATE = ['statePlace', 'stateDir'] as const;
const CODE = ['template', 'parameters', 'terraformState'] as const;
const SAFE = ['safe', 'disruptive'] as const;
const EXIT_CODE = ['failOn', 'allowUnknown'] as const;
const READ_AT_ONCE = `number of apps in parallel (default ${APPS_AT_ONCE.audit})`;
/** The text of `--format` in commands that write no additional reports. */
const ONE_FORMAT = 'format of the result (default text)';
/** Options for a saved plan, used instead of answers. */
const SAVED = ['plan', 'requireDigest', 'approvedBy', 'maxAge'] as const;
const GOING = ['yes', 'confirm', 'dryRun', 'onFailure', 'stopOnFailure', 'concurrency', ...STATE] as const;

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'wizard',
    args: [],
    summary: 'starts the wizard, also without a command: choose an app, preview, confirm, apply, verify, undo',
    options: [...SELECT, 'codeTag', 'answers', 'save', 'plain', 'mouse', ...STATE, 'dryRun', ...LOOK],
    meanings: { answers: 'start with the decisions in this answers file' },
    examples: ['func-harden', 'func-harden --app fn-orders', 'func-harden --plain'],
  },
  {
    name: 'audit',
    args: [],
    summary: 'checks every control and writes a report; read-only',
    known: ['scan', 'check', 'validate', 'test'],
    options: [...SELECT, 'answers', 'source', ...CODE, 'compare', ...EXIT_CODE, 'concurrency', ...STATE, ...RESULT, ...LOOK],
    meanings: { concurrency: READ_AT_ONCE },
    examples: [
      'func-harden audit --app fn-orders',
      'func-harden audit --all --json > audit.json',
      'func-harden audit --all --fail-on high',
    ],
  },
  {
    name: 'findings',
    args: [],
    summary: 'lists the findings of all selected apps, most severe first; read-only',
    known: ['list'],
    options: [...SELECT, 'sort', 'by', 'risk', 'severity', 'answers', ...EXIT_CODE, 'concurrency', ...RESULT, ...LOOK],
    meanings: { format: ONE_FORMAT, concurrency: READ_AT_ONCE },
    values: { format: FINDINGS_FORMATS },
    examples: [
      'func-harden findings --all',
      "func-harden findings --app 'fn-*' --severity high --sort apps",
      'func-harden findings --all --by control',
      'func-harden findings --all --risk safe --json',
    ],
  },
  {
    name: 'plan',
    args: ['<answers>'],
    instead: ['safe'],
    summary: 'shows the exact requests that replay would send; read-only',
    options: [...SELECT, ...SAFE, 'out', 'details', 'codeTag', 'concurrency', ...STATE, ...RESULT, ...LOOK],
    values: { format: PLAN_FORMATS },
    examples: [
      'func-harden plan answers.yaml',
      'func-harden plan answers.yaml --app fn-orders --json',
      'func-harden plan answers.yaml --all --out plan.json',
      'func-harden plan --safe --all',
    ],
  },
  {
    name: 'replay',
    args: ['<answers>'],
    instead: ['safe', ...SAVED],
    summary: 'applies an answers file or a saved plan, with preview and confirmation',
    known: ['apply', 'deploy', 'fix'],
    options: [...SELECT, ...SAFE, ...GOING, 'despiteCode', 'codeTag', ...SAVED, 'details', 'canary', 'json', ...LOOK],
    examples: [
      'func-harden replay answers.yaml --yes',
      'func-harden replay answers.yaml --all --canary 3',
      'func-harden replay answers.yaml --all --canary ring=0,1',
      'func-harden replay answers.yaml --yes --confirm fn-orders',
      'func-harden replay answers.yaml --dry-run',
      'func-harden replay --plan plan.json --require-digest sha256:… --approved-by "Dana Lee" --yes',
      'func-harden replay --safe --app fn-orders --yes',
    ],
  },
  {
    name: 'history',
    args: ['[run]'],
    summary: 'lists the runs in the undo log, or the changes of one run',
    known: ['log', 'runs'],
    options: ['cloud', 'tenant', 'auth', ...STATE, 'json', ...LOOK],
    examples: ['func-harden history', 'func-harden history last', 'func-harden history 20261124T150645123Z-3f2a'],
  },
  {
    name: 'undo',
    args: ['<run>'],
    summary: 'reverts a run, with preview and confirmation',
    known: ['rollback', 'revert', 'restore', 'destroy'],
    options: ['app', 'change', 'overwrite', 'despiteDamage', ...AZURE, ...GOING, 'json', ...OWN, ...LOOK],
    meanings: { app: "only the changes of these apps: name, app/slot, resource id, or a pattern like 'fn-*'" },
    examples: [
      'func-harden undo last',
      'func-harden undo last --app fn-orders',
      'func-harden undo 20261124T150645123Z-3f2a',
      'func-harden undo 20261124T150645123Z-3f2a --change 2 --yes',
    ],
  },
  {
    name: 'resume',
    args: ['<run>'],
    summary: 'finishes an interrupted run, or rolls it back',
    options: ['rollback', 'despiteDamage', 'despiteCode', 'codeTag', 'myIp', ...AZURE, ...GOING, 'json', ...OWN, ...LOOK],
    examples: ['func-harden resume 20261124T150645123Z-3f2a', 'func-harden resume 20261124T150645123Z-3f2a --rollback --yes'],
  },
  {
    name: 'steps',
    args: ['[step]'],
    summary: 'lists the areas (called steps in files and options), or explains an area or a control',
    known: ['explain', 'show', 'areas', 'controls'],
    options: ['permissions', 'step', 'profile', 'json', ...OWN, ...LOOK],
    examples: [
      'func-harden steps',
      'func-harden steps https',
      'func-harden steps https.min-tls',
      'func-harden steps --permissions --step https ftp',
    ],
  },
  {
    name: 'evidence',
    args: ['[run...]'],
    summary: 'creates an evidence package of runs for an auditor, or verifies a package',
    options: ['output', 'signKey', 'verify', 'publicKey', ...AZURE, 'concurrency', ...STATE, 'json', ...LOOK],
    meanings: {
      output: 'write the package to this .zip file or to this new folder',
      concurrency: 'number of apps in parallel (default 8)',
    },
    examples: [
      'func-harden evidence 20261124T150645123Z-3f2a --output evidence.zip',
      'func-harden evidence --verify evidence.zip',
      'func-harden evidence --verify evidence.zip --public-key evidence.pub',
    ],
  },
  {
    name: 'export',
    args: ['<run|answers>'],
    summary: 'exports the changes as an az script, Bicep, Terraform or Azure Policy; read-only',
    options: [...SELECT, 'exportFormat', 'output', 'effect', 'as', ...STATE, ...LOOK],
    examples: [
      'func-harden export 20261124T150645123Z-3f2a --format az --output harden.sh',
      'func-harden export answers.yaml --format bicep --output harden.bicep',
      'func-harden export answers.yaml --format policy --effect deny --as bicep',
    ],
  },
  {
    name: 'source',
    args: ['[dir]'],
    summary: 'finds where Terraform, Bicep or ARM templates declare each value, and writes a patch; changes no source file',
    options: [
      'app',
      'step',
      'profile',
      'answers',
      'check',
      'failOn',
      'patch',
      'terraformState',
      'template',
      'parameters',
      ...RESULT,
      ...LOOK,
    ],
    meanings: { format: ONE_FORMAT },
    values: { format: SOURCE_FORMATS },
    examples: [
      'func-harden source infra',
      'func-harden source infra --app fn-orders --patch harden.patch',
      'func-harden source --check infra --fail-on high --format sarif',
    ],
  },
  {
    name: 'doctor',
    args: [],
    summary: 'checks the requirements of a run: Node.js, terminal, sign-in, endpoint, apps, permissions, folders',
    options: [...AZURE, 'subscription', 'resourceGroup', 'app', 'slot', 'try', 'yes', ...STATE, 'json', ...LOOK],
    meanings: { yes: 'approve the requests of --try' },
    examples: ['func-harden doctor', 'func-harden doctor --app fn-orders', 'func-harden doctor --app fn-intake --try'],
  },
  {
    name: 'pipeline',
    args: [],
    summary: 'writes a pipeline file: audit after each deployment, plan on a pull request, apply after approval',
    options: ['for', 'stages', 'install', 'app', 'answers', 'allowUnknown', 'output', ...LOOK],
    meanings: {
      answers: 'path of the answers file in the repository, for the stages plan and apply',
      allowUnknown: 'let the audit pass although some values are unknown',
      output: 'write the pipeline to this file',
    },
    examples: [
      'func-harden pipeline --for github --install OWNER/REPO@COMMIT --output .github/workflows/func-harden.yml',
      'func-harden pipeline --for github --stages audit plan apply --answers answers.yaml --install OWNER/REPO@COMMIT',
      'func-harden pipeline --for azure-devops --app fn-orders --install https://…/func-harden.tgz#sha512-…',
    ],
  },
  {
    name: 'demo',
    args: [],
    summary: 'starts the wizard on a sample subscription; requires no Azure account',
    options: ['plain', 'mouse', 'myIp', 'save', ...STATE, ...LOOK],
    meanings: {
      save: 'keep the answers in this file (default: the demo deletes them when it ends)',
      state: 'keep the undo log in this folder (default: the demo deletes it when it ends)',
    },
    examples: ['func-harden demo'],
  },
  {
    name: 'emulator',
    args: [],
    summary: 'starts a local Azure Resource Manager for tests and demos',
    options: ['port', 'scenario', 'apps', 'subscriptions', 'state', 'log', 'latency', 'propagation', 'faults', 'throttle', 'recorded'],
    examples: [
      'func-harden emulator --port 0',
      'func-harden emulator --scenario fleet --apps 500 --subscriptions 5 --log exchanges.ndjson',
      'func-harden emulator --recorded exchanges.json',
    ],
  },
  {
    name: 'completion',
    args: ['<shell>'],
    summary: 'prints shell completion for bash, zsh, fish or powershell',
    options: [...STATE],
    examples: [
      'func-harden completion bash >> ~/.bashrc',
      'func-harden completion zsh >> ~/.zshrc',
      'func-harden completion fish > ~/.config/fish/completions/func-harden.fish',
      'func-harden completion powershell >> $PROFILE',
    ],
  },
  {
    name: 'config',
    args: [],
    summary: 'lists your settings and their sources: option, environment or config.yaml',
    options: ['subscription', 'auth', 'profile', ...STATE, 'ownerTag', 'codeTag', 'json', ...LOOK],
    examples: ['func-harden config', 'FUNC_HARDEN_AUTH=azure-cli func-harden config --json'],
  },
];
