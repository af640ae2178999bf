import type { AnyStep } from '../src/step.ts';
import accessRestrictions from './access-restrictions.ts';
import continuousValidation from './continuous-validation.ts';
import cors from './cors.ts';
import dataValidation from './data-validation.ts';
import defender from './defender.ts';
import deploymentCredentials from './deployment-credentials.ts';
import errorHandling from './error-handling.ts';
import ftp from './ftp.ts';
import functionPrivilege from './function-privilege.ts';
import https from './https.ts';
import remoteDebugging from './remote-debugging.ts';
import runtime from './runtime.ts';
import scm from './scm.ts';
import usageQuota from './usage-quota.ts';

/** The areas in the order of Microsoft's guidance. */
export const catalogue: readonly AnyStep[] = [
  defender,
  https,
  functionPrivilege,
  cors,
  usageQuota,
  dataValidation,
  errorHandling,
  remoteDebugging,
  runtime,
  deploymentCredentials,
  ftp,
  scm,
  continuousValidation,
  accessRestrictions,
];
