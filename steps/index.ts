import type { AnyStep } from '../src/step.ts';
import accessRestrictions from './access-restrictions.ts';
import cors from './cors.ts';
import deploymentCredentials from './deployment-credentials.ts';
import ftp from './ftp.ts';
import https from './https.ts';
import remoteDebugging from './remote-debugging.ts';
import scm from './scm.ts';
import usageQuota from './usage-quota.ts';

/** The areas in the order of Microsoft's guidance. */
export const catalogue: readonly AnyStep[] = [
  https,
  cors,
  usageQuota,
  remoteDebugging,
  deploymentCredentials,
  ftp,
  scm,
  accessRestrictions,
];
