import { type AnyStep, declareAreas } from '../src/contract/index.ts';
import accessKeys from './access-keys.ts';
import accessRestrictions from './access-restrictions.ts';
import appSettings from './app-settings.ts';
import authentication from './authentication.ts';
import continuousValidation from './continuous-validation.ts';
import cors from './cors.ts';
import dataValidation from './data-validation.ts';
import defender from './defender.ts';
import deploymentCredentials from './deployment-credentials.ts';
import errorHandling from './error-handling.ts';
import ftp from './ftp.ts';
import functionPrivilege from './function-privilege.ts';
import gateway from './gateway.ts';
import https from './https.ts';
import isolation from './isolation.ts';
import keyVault from './key-vault.ts';
import managedIdentity from './managed-identity.ts';
import monitoring from './monitoring.ts';
import privateAccess from './private-access.ts';
import remoteDebugging from './remote-debugging.ts';
import runtime from './runtime.ts';
import scm from './scm.ts';
import storage from './storage.ts';
import usageQuota from './usage-quota.ts';
import userPermissions from './user-permissions.ts';

/** The areas in the order of Microsoft's guidance. */
export const catalogue: readonly AnyStep[] = declareAreas<AnyStep>([
  defender,
  monitoring,
  https,
  accessKeys,
  authentication,
  userPermissions,
  functionPrivilege,
  managedIdentity,
  cors,
  appSettings,
  keyVault,
  usageQuota,
  dataValidation,
  errorHandling,
  remoteDebugging,
  storage,
  runtime,
  deploymentCredentials,
  ftp,
  scm,
  continuousValidation,
  accessRestrictions,
  privateAccess,
  isolation,
  gateway,
]);
