import { expect } from 'vitest';
import area from '../../steps/authentication.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { functions, http } from '../helpers/bodies.ts';
import { TENANT } from '../helpers/places.ts';

const clientId = '11111111-2222-3333-4444-555555555555';
const issuer = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const signIn = (more: Record<string, Record<string, unknown>> = {}) => ({
  others: {
    ...functions(['PlaceOrder', http('function')]),
    authSettings: {
      properties: {
        platform: { enabled: true },
        globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
        identityProviders: { azureActiveDirectory: { registration: { clientId, openIdIssuer: issuer } } },
        login: { tokenStore: { enabled: true } },
        ...more,
      } as never,
    },
  },
});
const never = {
  others: { ...signIn().others, authSettings: { properties: {} }, oldAuthSettings: { properties: {} }, stickyNames: { properties: {} } },
};

/** Excluded paths, tenants and providers: sign-in.test.ts. */
areaTester.run(area, {
  pass: [
    ['required', signIn()],
    ['required', signIn({ platform: { enabled: 'true' }, globalValidation: { requireAuthentication: 'True' } })],
    ['token-store', signIn(), 'token store on, HTTPS required'],
  ],
  fail: [
    ['required', never],
    ['required', signIn({ globalValidation: { requireAuthentication: 'false' } }), 'on, but unauthenticated requests are allowed'],
    ['required', signIn({ globalValidation: { requireAuthentication: true, excludedPaths: ['/api/*'] } }), /leave functions open/],
    ['required', { others: { ...never.others, ...functions(['Lookup', { type: 'mcpToolTrigger' }]) } }, 'off'],
    ['token-store', signIn({ login: {} }), 'the token store is off'],
    ['token-store', signIn({ httpSettings: { requireHttps: false } }), 'HTTPS is not required'],
  ],
  unknown: [
    ['required', { ...signIn(), plan: 'CA' }, /Container Apps has its own authentication settings/],
    ['required', { others: { ...never.others, ...functions() } }, 'off, and Azure lists no functions of the app'],
  ],
  plan: [
    // The client secret of the application before is not taken for one of the new application.
    [
      'required',
      {
        others: {
          ...never.others,
          authSettings: {
            properties: {
              platform: { enabled: false },
              identityProviders: { azureActiveDirectory: { registration: { clientId: TENANT, clientSecretSettingName: 'SECRET' } } },
            } as never,
          },
        },
        answers: { clientId, issuer },
      },
      [expect.not.stringContaining('SECRET') as string],
    ],
    [
      'required',
      { ...never, answers: { clientId, issuer } },
      [
        `authSettings: all = {"platform":{"enabled":true},"globalValidation":{"requireAuthentication":true,"unauthenticatedClientAction":"Return401"},"identityProviders":{"azureActiveDirectory":{"enabled":true,"registration":{"clientId":"${clientId}","openIdIssuer":"${issuer}"},"validation":{"allowedAudiences":["api://${clientId}"]}}},"login":{"tokenStore":{"enabled":true}},"httpSettings":{"requireHttps":true}}`,
      ],
    ],
  ],
  guards: [
    [
      'L10',
      'required',
      'warn',
      { others: { ...never.others, ...functions(['Lookup', { type: 'mcpToolTrigger' }]) }, answers: { clientId, issuer } },
    ],
  ],
  answers: { clientId, issuer, secretSetting: '', audiences: [], action: 'Return401', excludedPaths: [] },
  sample: () => ({ clientId, issuer: 'https://login.microsoftonline.com/contoso/v2.0' }),
  mended: ['token-store'],
  notNeeded: { required: ['appSettings'] },
  recorded: {
    'api-management': {
      'attestation-missing, no attestation':
        '01[3] 02[2] 03[2] 06[6] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-13[2,11] 2-15[2,8] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
    },
  },
});
