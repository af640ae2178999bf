/** Settings of the user: the option takes precedence over the environment variable, and that over the file. */
import { withoutCredentials } from '../change/secrets.ts';
import type { Parsed } from '../cli/parse.ts';
import { AUTH_MODE_NAMES, OPTIONS, type OptionName, type Options } from '../cli/options.ts';
import { OWNER_TAG } from './owner-tag.ts';
import { configFile, readConfig, type KnownSetting } from '../files/config-file.ts';
import { settingsFileErrors } from '../files/errors/settings.ts';
import { stateDirectory, type Environment } from '../files/paths.ts';
import { didYouMean } from '../text/nearest.ts';
import { settingsErrors } from './errors/settings.ts';

type Source = 'option' | 'environment' | 'file' | 'default';

export interface Setting {
  readonly name: string;
  /** null where nothing is set and there is no default. */
  readonly value: string | null;
  readonly source: Source;
  /** The variable, the option, or `FILE:LINE:COLUMN`. */
  readonly place?: string;
}

interface Known extends KnownSetting {
  readonly option: OptionName;
  readonly variable: string;
}

const oneOf =
  (name: string, choices: readonly string[]) =>
  (value: string): string | undefined =>
    choices.includes(value) ? undefined : `${name} is "${value}"; allowed values: ${choices.join(', ')}.${didYouMean(value, choices)}`;
const acceptAny = (): undefined => undefined;

/** Checks a folder of the settings file, which must not depend on the folder in which the command was started. */
const statePlace = (value: string): string | undefined =>
  /^(https?:\/\/|~\/|\/|[A-Za-z]:[\\/]|\\\\)/.test(value) ? undefined : `state is "${value}"; an absolute path or a URL is required`;

const SETTINGS: readonly Known[] = [
  { name: 'subscription', option: 'subscription', variable: 'FUNC_HARDEN_SUBSCRIPTION', several: true, problem: acceptAny },
  { name: 'auth', option: 'auth', variable: 'FUNC_HARDEN_AUTH', problem: oneOf('auth', AUTH_MODE_NAMES) },
  { name: 'profile', option: 'profile', variable: 'FUNC_HARDEN_PROFILE', problem: oneOf('profile', OPTIONS.profile.choices) },
  { name: 'theme', option: 'theme', variable: 'FUNC_HARDEN_THEME', problem: oneOf('theme', OPTIONS.theme.choices) },
  { name: 'state', option: 'stateDir', variable: 'FUNC_HARDEN_STATE', problem: statePlace },
  { name: 'ownerTag', option: 'ownerTag', variable: 'FUNC_HARDEN_OWNER_TAG', problem: acceptAny },
  { name: 'codeTag', option: 'codeTag', variable: 'FUNC_HARDEN_CODE_TAG', several: true, problem: acceptAny },
];

interface Found {
  readonly setting: Known;
  readonly values: readonly string[];
  readonly source: Source;
  readonly place: string;
}

/** Finds the settings. @throws UserError (exit 64) with every mistake of the file, or of the environment */
async function findSettings(options: Options, environment: Environment, platform: NodeJS.Platform): Promise<readonly Found[]> {
  const file = await readConfig(configFile(environment, platform), SETTINGS);
  const mistakes: string[] = [];
  const found = SETTINGS.flatMap((setting): Found[] => {
    const { name, option, variable } = setting;
    const given = option === 'stateDir' ? (options.state ?? options.stateDir) : options[option as keyof Options];
    if (given !== undefined) {
      const flag = option === 'stateDir' ? '--state' : (OPTIONS[option].flags.split(' ')[0] ?? '');
      return [{ setting, values: Array.isArray(given) ? given : [String(given)], source: 'option', place: flag }];
    }
    const outside = environment[variable];
    // A list of commas and spaces sets nothing, as an empty variable.
    const values = setting.several
      ? (outside ?? '')
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean)
      : outside
        ? [outside]
        : [];
    if (values.length > 0) {
      // A relative folder in a variable is relative to the working folder, as in the option.
      if (name !== 'state')
        mistakes.push(
          ...values.flatMap((value) => setting.problem(value) ?? []).map((says) => `  ${variable}: ${withoutCredentials(says)}`),
        );
      return [{ setting, values, source: 'environment', place: variable }];
    }
    const configured = file.get(name);
    const inFile = name === 'state' ? configured?.values.map((value) => fromHome(value, environment)) : configured?.values;
    return configured && inFile?.length ? [{ setting, values: inFile, source: 'file', place: configured.place }] : [];
  });
  if (mistakes.length > 0) throw settingsErrors.invalidVariables({ mistakes });
  return found;
}

function fromHome(value: string, environment: Environment): string {
  if (!value.startsWith('~/')) return value;
  const home = environment['HOME'] || environment['USERPROFILE'];
  if (!home) throw settingsFileErrors.noHome();
  return `${home}${value.slice(1)}`;
}

/** Returns the options with the settings filled in, where the command accepts them. The demo uses only the theme. */
export async function withSettings<P extends Parsed>(parsed: P, environment: Environment, platform: NodeJS.Platform): Promise<P> {
  const { command, options } = parsed;
  if (command.name === 'config') return parsed;
  const isTaken = ({ setting, source }: Found): boolean =>
    source !== 'option' && command.options.includes(setting.option) && (command.name !== 'demo' || setting.name === 'theme');
  const found = (await findSettings(options, environment, platform)).filter(isTaken);
  // A resource id contains the subscription, so the setting does not apply.
  const isNamed = options.app?.some((name) => name.startsWith('/')) === true;
  const filled = found
    .filter(({ setting }) => !(setting.name === 'subscription' && isNamed))
    .map(({ setting, values }) => [setting.option, setting.several ? values : values[0]] as const);
  return filled.length === 0
    ? parsed
    : { ...parsed, options: { ...options, ...Object.fromEntries(filled), presets: filled.map(([option]) => option) } };
}

/** Returns every setting with its value and its source. An address may contain a password by mistake, which is not shown. */
export async function settingsOf(options: Options, environment: Environment, platform: NodeJS.Platform): Promise<readonly Setting[]> {
  const found = await findSettings(options, environment, platform);
  const defaults: Readonly<Record<string, () => string>> = {
    auth: () => 'auto',
    profile: () => 'strict',
    theme: () => 'auto',
    state: () => stateDirectory(environment, platform),
    ownerTag: () => OWNER_TAG,
  };
  return SETTINGS.map(({ name }): Setting => {
    const one = found.find(({ setting }) => setting.name === name);
    return one
      ? { name, value: withoutCredentials(one.values.join(', ')), source: one.source, place: one.place }
      : { name, value: defaults[name]?.() ?? null, source: 'default' };
  });
}
