import { type AnyStep, declareAreas } from '../src/contract/index.ts';

/** The areas in the order of Microsoft's guidance. */
const areas = await Promise.all([
  import('./defender.ts'),
  import('./monitoring.ts'),
  import('./https.ts'),
  import('./access-keys.ts'),
  import('./authentication.ts'),
  import('./user-permissions.ts'),
  import('./function-privilege.ts'),
  import('./managed-identity.ts'),
  import('./cors.ts'),
  import('./app-settings.ts'),
  import('./key-vault.ts'),
  import('./usage-quota.ts'),
  import('./data-validation.ts'),
  import('./error-handling.ts'),
  import('./remote-debugging.ts'),
  import('./storage.ts'),
  import('./runtime.ts'),
  import('./deployment-credentials.ts'),
  import('./ftp.ts'),
  import('./scm.ts'),
  import('./continuous-validation.ts'),
  import('./access-restrictions.ts'),
  import('./private-access.ts'),
  import('./isolation.ts'),
  import('./gateway.ts'),
]);

export const catalogue: readonly AnyStep[] = declareAreas<AnyStep>(areas.map(({ default: area }) => area));
