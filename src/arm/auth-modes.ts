/** How to sign in, in the words of `--auth`. Apart from the credentials, so that help needs no Azure library. */
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
