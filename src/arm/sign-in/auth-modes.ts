/** Sign-in methods with the names of `--auth`. They are apart from the credentials, so that help loads no Azure library. */
export const AUTH_MODES = [
  'auto',
  'azure-cli',
  'azd',
  'environment',
  'workload-identity',
  'managed-identity',
  'browser',
  'device-code',
  'token',
] as const;
export type AuthMode = (typeof AUTH_MODES)[number];
