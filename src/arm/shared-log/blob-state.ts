/** Undo logs in Azure Blob Storage, shared by a team: one append blob per run. Microsoft's client sends the requests with our sign-in. */
import {
  AnonymousCredential,
  type AppendBlobClient,
  ContainerClient,
  newPipeline,
  type RequestPolicyFactory,
  type RestError,
  StorageRetryPolicyType,
} from '@azure/storage-blob';
import type { TokenCredential } from '@azure/core-auth';
import { beforeRun, UserError } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import type { LogFile, UndoState } from '../../engine/undo-state.ts';
import { plainText } from '../../text/plain.ts';
import { blobLocks } from './blob-locks.ts';
import type { SharedPlace } from './shared-place.ts';
import { FIRST_WAIT } from '../http/waits.ts';
import { armErrors } from '../errors.ts';

/** The scope of tokens for storage, in every cloud (storage/blobs/authorize-access-azure-active-directory). */
const SCOPE = 'https://storage.azure.com/.default';
/** The most bytes of a log; a longer one is not read. */
const LONGEST_LOG = 256 * 1024 * 1024;
/** The most blocks of an append blob (storageservices/append-block). Each line is a block. */
const MOST_BLOCKS = 50_000;
const TIME_LIMIT = 60_000;
/** Milliseconds that reading one log, or all names, may take. */
const PATIENCE = 5 * 60_000;
/** The most pages of 5,000 names. */
const MOST_PAGES = 200;

interface BlobStateOptions {
  readonly place: SharedPlace;
  readonly credential: TokenCredential;
  readonly version: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

export function blobState({ place, credential, version, clock, say }: BlobStateOptions): UndoState {
  const pipeline = newPipeline(new AnonymousCredential(), {
    userAgentOptions: { userAgentPrefix: `func-harden/${version}` },
    // A line that is sent again although it was stored is refused because of its position. Then the blob is searched for it.
    retryOptions: {
      maxTries: 4,
      retryDelayInMs: FIRST_WAIT,
      maxRetryDelayInMs: 8 * FIRST_WAIT,
      tryTimeoutInMs: TIME_LIMIT,
      retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
    },
  });
  pipeline.factories.push(signInPolicy(credential, new URL(place.container)));
  const container = new ContainerClient(place.container, pipeline);
  const nameOf = (run: string): string => `${place.prefix}journal/${run}.jsonl`;
  const planNameOf = (run: string): string => `${place.prefix}journal/${run}.plan.json`;
  const fileOf = (run: string): string => `${place.address}/journal/${run}.jsonl`;
  const asFailure = (error: unknown): unknown => failureOf(error, place.address);
  return {
    place: place.address,
    fileOf,
    locks: blobLocks({ container, prefix: place.prefix, address: place.address, clock, say, asFailure: asFailure }),
    check: () => Promise.resolve(),
    async names() {
      const names: string[] = [];
      const patience = createTimeout(clock);
      try {
        const options = { prefix: `${place.prefix}journal/`, abortSignal: patience.signal };
        const seen = new Set<string>();
        for await (const { segment, continuationToken = '' } of container.listBlobsFlat(options).byPage()) {
          for (const { name } of segment.blobItems)
            if (name.endsWith('.jsonl')) names.push(name.slice(place.prefix.length + 'journal/'.length, -'.jsonl'.length));
          if (seen.has(continuationToken) || seen.size > MOST_PAGES)
            throw new Error('the storage service returned an endless list of logs');
          seen.add(continuationToken);
        }
      } catch (error) {
        throw asFailure(error);
      } finally {
        patience.cancel();
      }
      return names;
    },
    async read(run) {
      try {
        return await textOf(container.getAppendBlobClient(nameOf(run)), clock);
      } catch (error) {
        if (isRest(error) && error.code === 'BlobNotFound') return undefined;
        throw asFailure(error);
      }
    },
    async planOf(run) {
      try {
        return await textOf(container.getBlobClient(planNameOf(run)), clock);
      } catch (error) {
        if (isRest(error) && error.code === 'BlobNotFound') return undefined;
        throw asFailure(error);
      }
    },
    async keepPlan(run, content) {
      const blob = container.getBlockBlobClient(planNameOf(run));
      try {
        await blob.upload(content, content.length, { conditions: { ifNoneMatch: '*' } });
      } catch (error) {
        if (!(await contentAfter(error, blob, clock))?.equals(content)) throw asFailure(error);
      }
    },
    async open(run, again) {
      const blob = container.getAppendBlobClient(nameOf(run));
      try {
        if (!again) await blob.create({ conditions: { ifNoneMatch: '*' } });
      } catch (error) {
        // An empty log is safe to use: its first line is refused where another process wrote one.
        if ((await contentAfter(error, blob, clock))?.length !== 0) throw beforeRun(asFailure(error));
      }
      return openLog(blob, fileOf(run), asFailure, clock);
    },
  };
}

/** Returns the content of a blob that exists although it is new: the request was sent again after its answer was lost, or another process made it. */
async function contentAfter(error: unknown, blob: Downloadable, clock: Clock): Promise<Buffer | undefined> {
  if (!isTaken(error)) return undefined;
  return bytesOf(blob, clock).catch(() => undefined);
}

function openLog(blob: AppendBlobClient, file: string, asFailure: (error: unknown) => unknown, clock: Clock): LogFile {
  return {
    most: { bytes: LONGEST_LOG, lines: MOST_BLOCKS },
    read: () => bytesOf(blob, clock),
    async append(text, at) {
      const bytes = Buffer.from(text, 'utf8');
      try {
        await blob.appendBlock(bytes, bytes.length, { conditions: { appendPosition: at } });
      } catch (error) {
        // Without a successful response, only a read shows whether the line was appended.
        const kept = await bytesOf(blob, clock).catch(() => undefined);
        if (kept?.subarray(at).equals(bytes)) return;
        if (isRest(error) && error.code === 'AppendPositionConditionNotMet') throw armErrors.sharedLogInUse({ file });
        throw asFailure(error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Returns a signal that fires when reading takes too long. Call `end` once it is done. */
function createTimeout(clock: Clock): { readonly signal: AbortSignal; readonly end: () => void; readonly cancel: () => void } {
  const controller = new AbortController();
  const end = () => controller.abort();
  return { signal: controller.signal, end, cancel: clock.after(PATIENCE, end) };
}

type Downloadable = Pick<AppendBlobClient, 'download'>;

interface Body extends AsyncIterable<Buffer> {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

const textOf = async (blob: Downloadable, clock: Clock): Promise<string> => (await bytesOf(blob, clock)).toString('utf8');

async function bytesOf(blob: Downloadable, clock: Clock): Promise<Buffer> {
  const patience = createTimeout(clock);
  try {
    const { readableStreamBody, contentLength = 0 } = await blob.download(0, undefined, { abortSignal: patience.signal });
    const body = readableStreamBody as unknown as Body;
    if (contentLength > LONGEST_LOG) {
      body.on('error', () => undefined);
      body.destroy();
      patience.end();
      throw new Error(`it has ${contentLength} bytes, more than any undo log`);
    }
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  } finally {
    patience.cancel();
  }
}

/** Adds our token to requests for this origin only. Microsoft's own policy refuses http, which is right except on this machine. */
const signInPolicy = (credential: TokenCredential, { origin }: URL): RequestPolicyFactory => ({
  create: (next) => ({
    async sendRequest(request) {
      const to = new URL(request.url).origin;
      if (to !== origin) throw new Error(`The service redirected to ${to}, which is not ${origin}.`);
      request.timeout = TIME_LIMIT;
      const end = new AbortController();
      request.abortSignal = request.abortSignal ? AbortSignal.any([request.abortSignal as AbortSignal, end.signal]) : end.signal;
      request.onDownloadProgress = ({ loadedBytes }) => {
        if (loadedBytes > LONGEST_LOG) end.abort();
      };
      const token = await credential.getToken(SCOPE);
      request.headers.set('authorization', `Bearer ${token?.token ?? ''}`);
      return next.sendRequest(request);
    },
  }),
});

const isRest = (error: unknown): error is RestError => (error as { name?: unknown })?.name === 'RestError';

const isTaken = (error: unknown): boolean => isRest(error) && /^(BlobAlreadyExists|UnauthorizedBlobOverwrite)$/.test(error.code ?? '');

function failureOf(error: unknown, address: string): unknown {
  if (error instanceof UserError) return error;
  if (!isRest(error)) return notReached(address, plainText((error as Error).message) || 'the response does not end');
  const { statusCode, code = 'no response' } = error;
  const which = `${plainText(code)}${statusCode === undefined ? '' : `, ${statusCode}`}`;
  if (statusCode === 401 || statusCode === 403) return armErrors.sharedLogForbidden({ address, which });
  if (code === 'ContainerNotFound') return armErrors.noContainer({ address });
  if (code === 'BlobImmutableDueToPolicy') return armErrors.immutableContainer({ address });
  if (isTaken(error)) return armErrors.runNameTaken({ address });
  return notReached(address, which);
}

const notReached = (address: string, why: string): UserError => armErrors.sharedLogUnreachable({ address, why });
