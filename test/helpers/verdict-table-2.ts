/** The second set of recorded answers, as verdict-table.ts has the first. A recording is named by its set, its file and its place. */
import type { Refusal, Row } from './verdict-table.ts';

export const VERDICTS_2: readonly Row[] = [
  {
    kind: 'site',
    of: '2-01[1] 2-01[2] 2-01[3] 2-01[16] 2-01[22] 2-01[23] 2-05[1] 2-05[2] 2-05[3] 2-06[1] 2-06[3] 2-06[4] 2-13[1] 2-13[10]',
    like: '01[0]',
  },
  {
    kind: 'config',
    of: '2-01[4] 2-01[5] 2-01[18] 2-01[19] 2-05[4] 2-06[5] 2-06[6] 2-13[2] 2-13[11]',
    like: '01[3]',
    but: [
      'https.scm-min-tls: fail, not set',
      'https.http2: fail, off',
      'cors.origins: pass, https://functions.azure.com, https://functions-staging.azure.com, https://functions-next.azure.com',
      'ftp.state: fail, AllAllowed',
    ],
  },
  {
    kind: 'site',
    of: '2-03[1] 2-03[2] 2-03[3] 2-03[13] 2-03[14] 2-03[15] 2-03[19] 2-03[23] 2-03[29] 2-03[30]',
    like: '05[1]',
  },
  {
    kind: 'config',
    of: '2-03[4] 2-03[20] 2-03[24] 2-03[25]',
    like: '07[2]',
    but: [
      'https.scm-min-tls: fail, not set',
      'https.http2: fail, off',
      'cors.origins: pass, https://functions.azure.com, https://functions-staging.azure.com, https://functions-next.azure.com',
    ],
  },
  {
    kind: 'config',
    of: '2-03[16] 2-17[8] 2-17[9] 2-17[12]',
    like: '2-03[4]',
    but: ['cors.origins: pass, none'],
  },
  {
    kind: 'site',
    of: '2-06[2]',
    like: '01[0]',
    but: ['https.host-names: pass, 1 bound'],
  },
  {
    kind: 'site',
    of: '2-07[1]',
    like: '02[0]',
    but: ['https.https-only: pass, on'],
  },
  {
    kind: 'config',
    of: '2-07[3] 2-07[10] 2-07[17]',
    like: '2-01[4]',
    but: [
      'remote-debugging.off: not-applicable, Linux Consumption has no remote debugging',
      'runtime.language: pass, java 8, supported until 2027-09-30 (by the page of Azure Functions; older pages of Microsoft: 2026-11-30)',
    ],
  },
  {
    kind: 'site',
    of: '2-07[12] 2-11[1]',
    like: '05[1]',
    but: ['https.https-only: pass, on', 'remote-debugging.ssh: fail, on'],
  },
  {
    kind: 'config',
    of: '2-07[13] 2-09[3]',
    like: '2-03[4]',
    but: [
      'monitoring.http-logs: not-applicable, on Linux there is no web server log, the container writes its own',
      'managed-identity.registry-pull: not-applicable, the app runs no image of its own',
      'runtime.language: pass, java 8, supported until 2027-09-30 (by the page of Azure Functions; older pages of Microsoft: 2026-11-30)',
    ],
  },
  {
    kind: 'site',
    of: '2-09[1]',
    like: '2-07[12]',
    but: ['usage-quota.daily: not-applicable, a daily quota exists on Consumption only; Elastic Premium is bounded by its plan'],
  },
  {
    kind: 'config',
    of: '2-11[3] 2-11[7]',
    like: '2-07[13]',
    but: ['https.scm-min-tls: fail, 1.0'],
  },
  {
    kind: 'site',
    of: '2-11[6] 2-11[13]',
    like: '05[1]',
    but: ['remote-debugging.ssh: fail, on'],
  },
  {
    kind: 'site',
    of: '2-15[0] 2-15[1] 2-15[6] 2-15[7]',
    like: '26[1]',
    but: ['private-access.public-network: fail, on (never set)'],
  },
  {
    kind: 'config',
    of: '2-15[2] 2-15[8]',
    like: '2-03[16]',
    but: [
      'https.min-tls: fail, not set',
      'ftp.state: fail, not set',
      'scm.restrictions: fail, no rules',
      'scm.default-action: fail, Allow (not set; no rules)',
      'access-restrictions.rules: fail, no rules',
      'access-restrictions.default-action: fail, Allow (not set; no rules)',
    ],
  },
  {
    kind: 'site',
    of: '2-17[5] 2-17[6] 2-17[7]',
    like: '2-15[0]',
    but: [
      'https.end-to-end: not-applicable, the Basic tier has no end-to-end encryption; it needs Standard or Premium',
      'managed-identity.assigned: pass, SystemAssigned, UserAssigned',
    ],
  },
  {
    kind: 'site',
    of: '2-17[11]',
    like: '2-17[5]',
    but: ['managed-identity.assigned: pass, UserAssigned', 'managed-identity.reference-identity: fail, SystemAssigned'],
  },
  {
    kind: 'site',
    of: '2-19[0] 2-19[2]',
    like: '03[0]',
    but: [
      'managed-identity.assigned: pass, SystemAssigned',
      'managed-identity.deployment-storage: pass, by an identity',
      'runtime.language: pass, python 3.11, supported until 2027-10-31',
    ],
  },
  {
    kind: 'site',
    of: '2-20[0] 2-20[3]',
    like: '2-09[1]',
    but: ['managed-identity.assigned: pass, SystemAssigned'],
  },
  {
    kind: 'config',
    of: '2-20[2]',
    like: '07[1]',
    but: [
      'monitoring.http-logs: not-applicable, on Linux there is no web server log, the container writes its own',
      'https.http2: fail, off',
      'managed-identity.registry-pull: pass, acr3byfkdyh5dhvo.azurecr.io: by identity',
      'runtime.language: not-applicable, the image brings its own language',
    ],
  },
  {
    kind: 'site',
    of: '2-22[2]',
    like: '2-07[12]',
    but: ['https.end-to-end: not-applicable, the Basic tier has no end-to-end encryption; it needs Standard or Premium'],
  },
  {
    kind: 'storage account',
    of: '2-23[1]',
    like: '30[2]',
    but: [
      'storage.min-tls: fail, not set, which is TLS1_0',
      'storage.anonymous-blobs: fail, not set, which is allowed in an account of 2019-07-18',
      'storage.cross-tenant: fail, not set, which is allowed in an account of 2019-07-18',
      'storage.key-age: left out',
    ],
  },
  {
    kind: 'site',
    of: '2-23[4]',
    like: '2-11[6]',
    but: ['https.end-to-end: not-applicable, the Basic tier has no end-to-end encryption; it needs Standard or Premium'],
  },
  {
    kind: 'config',
    of: '2-23[5]',
    like: '2-07[13]',
    but: ['https.http2: pass, on', 'runtime.language: fail, python 3.8, without fixes since 2024-10-07'],
  },
  {
    kind: 'config',
    of: '2-25[1]',
    like: '2-03[16]',
    but: ['https.min-tls: fail, 1.0'],
  },
  {
    kind: 'vault',
    of: '2-28[3]',
    like: '28[1]',
    but: [
      'key-vault.firewall: fail, its rules let in every address: 0.0.0.0/2, 64.0.0.0/3, 96.0.0.0/4, 112.0.0.0/5, 120.0.0.0/6, 124.0.0.0/7, 128.0.0.0/1',
    ],
  },
  {
    kind: 'vault',
    of: '2-30[0] 2-30[1] 2-30[2]',
    like: '28[1]',
  },
  {
    kind: 'storage account',
    of: '2-41[1]',
    like: '2-23[1]',
    but: [
      'storage.secure-transfer: fail, off',
      'storage.anonymous-blobs: fail, not set, which is allowed in an account of 2019-09-06',
      'storage.cross-tenant: fail, not set, which is allowed in an account of 2019-09-06',
      'storage.network: pass, closed but for named networks',
    ],
  },
  {
    kind: 'storage account',
    of: '2-41[4]',
    like: '2-41[1]',
    but: ['storage.network: fail, open to all networks'],
  },
  {
    kind: 'storage account',
    of: '2-42[4] 2-42[5]',
    like: '30[7]',
    but: ['storage.key-age: fail, key1 is 682 days old, key2 is 682 days old'],
  },
];

export const REFUSALS_2: readonly Refusal[] = [
  {
    of: '2-17[0]',
    is: 'PUT 400: invalid, PrincipalNotFound',
  },
  {
    of: '2-17[1]',
    is: 'PUT 400: invalid, PrincipalNotFound',
  },
  {
    of: '2-22[3]',
    is: 'GET 404: missing, NotFound',
  },
  {
    of: '2-32[3]',
    is: 'PUT 409: conflict, RoleAssignmentExists, az role assignment list --scope SCOPE), then preview again.',
  },
  {
    of: '2-34[4]',
    is: 'PUT 400: invalid, PrincipalNotFound',
  },
  {
    of: '2-34[5]',
    is: 'PUT 400: invalid, PrincipalNotFound',
  },
  {
    of: '2-50[0]',
    is: 'DELETE 404: missing, ResourceGroupNotFound',
  },
  {
    of: '2-50[1]',
    is: 'POST 409: conflict, ReceiverAlreadyEnabled',
  },
  {
    of: '2-50[2]',
    is: 'GET 403: forbidden, AuthorizationFailed, lacks microsoft.insights/eventtypes/values/read',
  },
  {
    of: '2-50[3]',
    is: 'GET 404: missing, ResourceNotFound',
  },
  {
    of: '2-50[4]',
    is: 'GET 404: missing, NotFound',
  },
  {
    of: '2-50[5]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[6]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[7]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[8]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[9]',
    is: 'DELETE 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[10]',
    is: 'DELETE 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[11]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[12]',
    is: 'PUT 412: conflict, PreconditionFailed',
  },
  {
    of: '2-50[13]',
    is: 'DELETE 404: missing, ResourceGroupNotFound',
  },
];
