/** Messages and next steps for Microsoft Entra's codes. For other codes the first sentence of the service is shown. */
import type { AuthMode } from './auth-modes.ts';

interface Refusal {
  readonly message: string;
  readonly next: readonly string[];
}

interface Of {
  readonly mode: AuthMode;
  readonly tenant?: string;
  readonly clientId?: string;
  readonly again: readonly string[];
}

type Words = (of: Of) => Refusal;

const app = ({ clientId }: Of): string => (clientId ? `app registration ${clientId}` : 'the app registration');
const inTenant = ({ tenant }: Of): string => (tenant ? `tenant ${tenant}` : 'this tenant');
const CREDENTIAL = 'az ad app credential reset --id';

const policy: Words = ({ again }) => ({ message: 'A conditional access policy of the tenant blocks this sign-in.', next: again });
const moreProof: Words = ({ again }) => ({ message: 'The tenant requires multifactor authentication.', next: again });
const over: Words = ({ again }) => ({ message: 'The sign-in expired or was revoked.', next: again });
const noTenant: Words = (of) => ({
  message: `There is no ${of.tenant ? `tenant ${of.tenant}` : 'such tenant'} in this cloud.`,
  next: ['Check the tenant (--tenant, AZURE_TENANT_ID) and the cloud (--cloud)'],
});
const noFederation: Words = (of) => ({
  message: `${of.clientId ? `App registration ${of.clientId}` : 'The app registration'} does not trust the issuer or subject of this token.`,
  next: ['Compare the federated credential of the app registration with the issuer and subject of the pipeline or service account'],
});

export const REFUSALS: Readonly<Record<number, Words>> = {
  7_000_222: (of) => ({
    message: `The client secret of ${app(of)} has expired.`,
    next: [`Create a new secret: ${CREDENTIAL} ${of.clientId ?? 'APP'}`, 'Set AZURE_CLIENT_SECRET to it, then run the command again'],
  }),
  7_000_215: (of) => ({
    message: `AZURE_CLIENT_SECRET is not a secret of ${app(of)}.`,
    next: [`Set it to the value of the secret, not its id. Create a new secret: ${CREDENTIAL} ${of.clientId ?? 'APP'}`],
  }),
  7_000_112: (of) => ({ message: `Sign-in is disabled for ${app(of)}.`, next: ['Ask an administrator of the tenant to enable it'] }),
  700_016: (of) => ({
    message: `There is no ${of.clientId ? `app registration ${of.clientId}` : 'such app registration'} in ${inTenant(of)}.`,
    next: ['Check AZURE_CLIENT_ID and AZURE_TENANT_ID; az ad app list --show-mine lists app registrations'],
  }),
  700_027: (of) => ({
    message: `The certificate does not belong to ${app(of)}.`,
    next: ['Add it to the app registration, or set AZURE_CLIENT_CERTIFICATE_PATH to the correct file'],
  }),
  700_024: () => ({
    message: 'The signed client assertion is not valid at this time.',
    next: ['Set the clock of this machine, or renew the federated token; then run the command again'],
  }),
  70_021: noFederation,
  700_211: noFederation,
  700_212: noFederation,
  700_213: noFederation,
  90_002: noTenant,
  900_023: noTenant,
  50_020: (of) => ({
    message: `This account is not in ${inTenant(of)}.`,
    next: ['Sign in with an account of that tenant, or ask its administrator to invite your account as a guest', ...of.again],
  }),
  50_034: (of) => ({ message: `This account does not exist in ${inTenant(of)}.`, next: of.again }),
  50_057: () => ({ message: 'The account is disabled.', next: ['Ask an administrator of the tenant, or sign in with another account'] }),
  500_011: (of) => ({
    message: `${inTenant(of)[0]?.toUpperCase()}${inTenant(of).slice(1)} does not know the service for which a token was requested.`,
    next: ['Check the cloud (--cloud) and the endpoint (--arm-endpoint)'],
  }),
  500_021: (of) => ({
    message: `The network allows no sign-in to ${inTenant(of)} (tenant restrictions).`,
    next: ['Use a network that allows it, or ask the operator of the proxy'],
  }),
  65_001: () => ({
    message: 'The application that signs you in has no consent in the tenant.',
    next: ['Ask an administrator for consent, or sign in with: az login'],
  }),
  50_058: over,
  50_078: over,
  50_173: over,
  70_008: over,
  70_043: over,
  700_082: over,
  700_084: over,
  50_076: moreProof,
  50_079: (of) => ({ message: 'The tenant requires you to set up multifactor authentication first.', next: of.again }),
  50_072: moreProof,
  50_074: moreProof,
  50_158: moreProof,
  53_000: (of) => ({ message: 'The tenant allows sign-in from managed (compliant) devices only.', next: of.again }),
  53_001: (of) => ({ message: 'The tenant allows sign-in only from devices that are joined to Microsoft Entra ID.', next: of.again }),
  53_002: policy,
  53_003: policy,
  530_003: policy,
  530_034: policy,
  70_016: (of) => ({ message: 'The sign-in was not completed.', next: of.again }),
  70_018: (of) => ({ message: 'The code does not match the displayed code.', next: of.again }),
  70_019: (of) => ({ message: 'The code expired before the sign-in was completed.', next: of.again }),
  70_020: (of) => ({ message: 'The code expired before the sign-in was completed.', next: of.again }),
};
