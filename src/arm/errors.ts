/** Errors about endpoints, tokens, shared undo logs and keys. Errors of a sign-in are in sign-in-errors.ts, failures of requests in failures.ts. */
import { EXIT, errorCatalogue, exitOf, withData } from '../engine/errors.ts';
import type { ArmFailure } from '../engine/ports.ts';

/** Returns an address that is no URL without its user and password, which end at the last `@`. */
const withoutUser = (text: string): string => text.replace(/^.*@/s, '…@');

export const armErrors = errorCatalogue('arm', {
  leaseLost: withData<{ readonly label: string; readonly code: string }>({
    title: 'Lock lost',
    exit: EXIT.failed,
    message: ({ label, code }) => `The lease of ${label} in the shared undo log was lost (${code}), so no further requests were sent.`,
    next: () => [
      'Another process may be using it now. Run func-harden history to see the recorded changes, and func-harden resume to continue.',
    ],
  }),
  leaseHeld: withData<{ readonly label: string; readonly file: string }>({
    title: 'App or run in use',
    exit: EXIT.failed,
    message: ({ label, file }) => `${label} is in use by another process, which holds the lease of ${file}.`,
    next: () => ['Wait until it ends, then run the command again.'],
  }),
  sharedLogInUse: withData<{ readonly file: string }>({
    title: 'Undo log in use',
    exit: EXIT.failed,
    message: ({ file }) => `Another process also writes to ${file}.`,
    next: () => ['Run func-harden history to see the recorded changes, and func-harden resume to continue.'],
  }),
  sharedLogForbidden: withData<{ readonly address: string; readonly which: string }>({
    title: 'No access to the shared undo log',
    exit: EXIT.forbidden,
    message: ({ address, which }) => `The undo log in ${address} cannot be accessed (${which}).`,
    next: () => [
      'You need the role Storage Blob Data Contributor on the container (Storage Blob Data Reader for history) and a network that the account allows.',
    ],
  }),
  noContainer: withData<{ readonly address: string }>({
    title: 'Container missing',
    exit: EXIT.failed,
    message: ({ address }) => `Container ${address} does not exist.`,
    next: () => ['Create it: az storage container create --auth-mode login --account-name ACCOUNT --name CONTAINER'],
  }),
  immutableContainer: withData<{ readonly address: string }>({
    title: 'Immutability policy blocks the undo log',
    exit: EXIT.failed,
    message: ({ address }) => `The immutability policy or legal hold of ${address} refuses to append to the undo log.`,
    next: () => [
      'Allow protected append writes for append blobs in the policy of the container (allowProtectedAppendWrites), or use another container.',
    ],
  }),
  runNameTaken: withData<{ readonly address: string }>({
    title: 'Name of the run already used',
    exit: EXIT.failed,
    message: ({ address }) => `Another process started a run with this name in ${address}.`,
    next: () => ['Run the command again.'],
  }),
  sharedLogUnreachable: withData<{ readonly address: string; readonly why: string }>({
    title: 'Shared undo log not reachable',
    exit: EXIT.failed,
    message: ({ address, why }) => `The undo log in ${address} cannot be reached (${why}).`,
    next: () => [
      'Check the address and the network, then run the command again. func-harden sends no change to Azure before it is recorded in the undo log.',
    ],
  }),
  invalidSharedPlace: withData<{ readonly place: string; readonly why: string }>({
    title: 'Invalid address of the undo log',
    message: ({ place, why }) => `--state ${place} is not a valid location for the undo log: ${why}.`,
    next: () => ['Example: --state https://ACCOUNT.blob.core.windows.net/CONTAINER or …/CONTAINER/PREFIX'],
  }),
  unknownCloud: withData<{ readonly name: string; readonly known: readonly string[] }>({
    title: 'Unknown cloud',
    message: ({ name }) => `Unknown cloud "${name}".`,
    next: ({ known }) => [`Known clouds: ${known.join(', ')}`],
  }),
  invalidAuthority: withData<{ readonly text: string; readonly usual: string }>({
    title: 'Invalid AZURE_AUTHORITY_HOST',
    message: ({ text }) => `AZURE_AUTHORITY_HOST is "${withoutUser(text)}", which is not an https URL.`,
    next: ({ usual }) => [`Use the form ${usual}, or remove the variable and choose the cloud with --cloud.`],
  }),
  invalidEndpoint: withData<{ readonly text: string }>({
    title: 'Invalid --arm-endpoint',
    message: ({ text }) => `"${withoutUser(text)}" is not a URL.`,
    next: () => ['Example: --arm-endpoint https://management.azure.com'],
  }),
  unencryptedEndpoint: withData<{ readonly origin: string }>({
    title: 'Endpoint is not encrypted',
    message: ({ origin }) => `${origin} cannot be the Azure Resource Manager endpoint: the token would be sent unencrypted.`,
    next: () => ['Use https, or http on 127.0.0.1 for the emulator.'],
  }),
  noAccessToken: {
    title: 'Access token missing',
    exit: EXIT.forbidden,
    message: () => '--auth token requires the token in the environment variable FUNC_HARDEN_ACCESS_TOKEN.',
    next: () => ['Set it, or sign in with: az login'],
  },
  invalidAccessToken: {
    title: 'Invalid access token',
    exit: EXIT.forbidden,
    message: () => 'FUNC_HARDEN_ACCESS_TOKEN is not a valid token: it has invalid characters.',
    next: () => ['Set it to the output of: az account get-access-token --query accessToken --output tsv'],
  },
  noGivenToken: withData<{ readonly name: string; readonly isSet: boolean; readonly place: string; readonly audience: string }>({
    title: 'Token for storage or vault missing',
    exit: EXIT.forbidden,
    message: ({ name, isSet, place }) => (isSet ? `${name} is not a token.` : `No token is set for ${place}.`),
    next: ({ name, audience }) => [
      `Set ${name} to the output of: az account get-access-token --resource ${audience} --query accessToken --output tsv`,
    ],
  }),
  notSignedIn: withData<{ readonly tried: readonly string[]; readonly again: readonly string[] }>({
    title: 'Not signed in',
    exit: EXIT.forbidden,
    message: () => 'You are not signed in to Azure.',
    next: ({ tried, again }) => [
      ...tried.map((message) => `Tried: ${message}`),
      ...again,
      'Other ways: func-harden … --auth browser, device-code, managed-identity or workload-identity',
    ],
  }),
  invalidProxy: withData<{ readonly name: string }>({
    title: 'Invalid proxy URL',
    message: ({ name }) => `${name} is not a valid proxy URL.`,
    next: () => [
      'Example: http://proxy.example:8080 (with http:// or https://)',
      'Write special characters of its user and password in percent encoding, for example % as %25.',
    ],
  }),
  invalidKeyAddress: withData<{ readonly text: string; readonly why: string; readonly suffix: string }>({
    title: 'Invalid --sign-key',
    message: ({ text, why }) => `--sign-key ${text} is not the address of a key: ${why}.`,
    next: ({ suffix }) => [`Use --sign-key https://VAULT.${suffix}/keys/NAME or …/keys/NAME/VERSION`],
  }),
  otherKey: withData<{ readonly host: string; readonly name: string }>({
    title: 'Key Vault returned a different key',
    exit: EXIT.failed,
    message: ({ host, name }) => `${host} returned a different key than ${name}.`,
    next: () => ['No signature was made. Check the address.'],
  }),
  unusableKey: withData<{ readonly name: string; readonly why: string; readonly remedy: string }>({
    title: 'Key cannot sign',
    message: ({ name, why }) => `The key ${name} ${why}, so it cannot sign evidence.`,
    next: ({ remedy }) => [remedy],
  }),
  noKey: withData<{ readonly name: string; readonly host: string }>({
    title: 'Key missing',
    exit: EXIT.failed,
    message: ({ name, host }) => `Key ${name}, or this version of it, does not exist in ${host}.`,
    next: () => ['Check the name, the version and the vault.'],
  }),
  keyForbidden: withData<{ readonly name: string; readonly host: string; readonly failure: Pick<ArmFailure, 'kind' | 'code' | 'message'> }>(
    {
      title: 'No permission to use the key',
      exit: ({ failure }) => exitOf(failure),
      message: ({ name, host, failure }) => `${host} refuses to use the key ${name}: ${failure.code}: ${failure.message}`,
      next: () => [
        'Assign the role Key Vault Crypto User on the key, or the permissions get and sign in an access policy of the vault.',
        'If the vault has a firewall, run the command from a network that it allows.',
      ],
    },
  ),
});
