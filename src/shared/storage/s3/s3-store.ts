import { EigenfleetError } from '../../errors.ts';
import { Slots } from '../../host/threads/slots.ts';
import {
  checkKey,
  checkLiteralKey,
  checkLiteralPrefix,
  isLiteralKey,
} from '../object-key-check.ts';
import { type ObjectInfo, type ObjectStore, unreadableEtag } from '../object-store.ts';
import { compareUtf8 } from '../utf8-order.ts';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
  Upload,
} from './aws-s3.ts';
import { abandon, bodyOf } from './s3-body.ts';
import { copyObject, copyOnServer } from './s3-copy.ts';
import { isBeyondEnd, isNotFound, isUnexplained, type S3Action, s3Error } from './s3-error.ts';
import { etagOf, foldersOf, objectsOf } from './s3-listing.ts';
import { defaultS3Patience, patiently, type S3Patience } from './s3-retry.ts';
import { formatS3Uri, type S3Location } from './s3-uri.ts';

export interface S3StoreOptions {
  /** The bucket and the prefix that keys are relative to. */
  readonly root: S3Location;
  /** Makes a client whose requests the SDK tries this often. */
  readonly connect: (attempts: number) => S3Client;
  readonly patience?: S3Patience;
}

/** Requests of one store at once, however many a caller starts together. */
const requestsAtOnce = 64;

/** Objects above this size go up in parts of it: S3 takes no single request above 5 GB, and a part that is lost is soon sent again. */
export const partBytes = 16 * 1024 * 1024;

/**
 * The object store below `s3://bucket/prefix`, on AWS or any S3-compatible server.
 *
 * Every request, the body of its answer included, is repeated while its failure may pass (`s3-retry.ts`). The remaining failures are
 * (`s3-error.ts`): `EigenfleetError('storage')` for a refused object, `StorageUnavailableError` for unusable storage.
 *
 * `list` relies on S3's order of keys and refuses a server that has another.
 */
export class S3Store implements ObjectStore {
  readonly uri: string;
  readonly #root: S3Location;
  readonly #prefix: string;
  readonly #connect: (attempts: number) => S3Client;
  readonly #client: S3Client;
  readonly #patience: S3Patience;
  readonly #slots = new Slots(requestsAtOnce);
  #partClient: S3Client | undefined;
  /** Set after an answer that only valid credentials get: from then on a bare 404 means what it says. */
  #isAdmitted = false;

  constructor({ root, connect, patience = defaultS3Patience }: S3StoreOptions) {
    this.#root = root;
    this.#prefix = root.key === '' ? '' : `${root.key}/`;
    this.uri = formatS3Uri(root);
    this.#connect = connect;
    this.#client = connect(1);
    this.#patience = patience;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand(this.#at(key));
    return this.#reading('s3:GetObject', key, signal, async () =>
      bodyOf(await this.#client.send(command, signal && { abortSignal: signal })),
    );
  }

  async getRange(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    if (end <= start) {
      return (await this.head(key)) === undefined ? undefined : new Uint8Array();
    }
    const command = new GetObjectCommand({ ...this.#at(key), Range: `bytes=${start}-${end - 1}` });
    return this.#reading('s3:GetObject', key, undefined, async () => {
      try {
        return await bodyOf(await this.#client.send(command));
      } catch (error) {
        if (isBeyondEnd(error)) return new Uint8Array();
        throw error;
      }
    });
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const command = new HeadObjectCommand(this.#at(key));
    return this.#reading('s3:GetObject', key, undefined, async () => {
      try {
        const { ContentLength = 0, ETag = '' } = await this.#client.send(command);
        return { key, sizeBytes: ContentLength, etag: etagOf(ETag) };
      } catch (error) {
        if (!isUnexplained(error) || (this.#isAdmitted && isNotFound(error))) throw error;
        return this.#headByGet(key, error);
      }
    });
  }

  /**
   * An answer to HEAD has no body, so no code: wrong keys, another region and a bucket that is not there look like a missing right or a
   * missing object. A GET of one byte fails with the code.
   */
  async #headByGet(key: string, unexplained: unknown): Promise<ObjectInfo> {
    const command = new GetObjectCommand({ ...this.#at(key), Range: 'bytes=0-0' });
    const { Body, ContentRange = '', ETag = '' } = await this.#client.send(command);
    // A server without range support sends the whole object.
    abandon(Body);
    const size = /\/(\d+)$/.exec(ContentRange)?.[1];
    if (size === undefined) throw unexplained;
    return { key, sizeBytes: Number(size), etag: etagOf(ETag) };
  }

  async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    const request = { ...this.#at(checkKey(key)), Body: bytes };
    const { ETag } = await this.#run('s3:PutObject', key, undefined, () =>
      bytes.length > partBytes
        ? this.#putInParts(request)
        : this.#client.send(new PutObjectCommand(request)),
    );
    const etag = ETag === undefined ? (await this.head(key))?.etag : etagOf(ETag);
    return { key, sizeBytes: bytes.length, etag: etag ?? '' };
  }

  async copy(from: ObjectInfo, key: string): Promise<ObjectInfo | undefined> {
    const places = { from: this.#at(from.key), to: this.#at(checkKey(key)) };
    return copyObject(this, from, key, () =>
      this.#run('s3:PutObject', key, undefined, () =>
        copyOnServer(this.#client, places, from.etag),
      ),
    );
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    let last: string | undefined;
    for await (const page of this.#pages(prefix)) {
      for (const { key, ...info } of objectsOf(page)) {
        const relative = key.slice(this.#prefix.length);
        const order = last === undefined ? -1 : compareUtf8(last, relative);
        if (order > 0) throw this.#outOfOrder(relative);
        // A key that is being written may be listed twice.
        if (order === 0) continue;
        last = relative;
        if (isLiteralKey(relative)) yield { key: relative, ...info };
        else yield { key: relative, sizeBytes: 0, etag: unreadableEtag };
      }
    }
  }

  async *listFolders(prefix: string): AsyncGenerator<string> {
    const names = new Set<string>();
    const start = this.#prefix.length + prefix.length;
    for await (const page of this.#pages(prefix, '/')) {
      for (const folder of foldersOf(page)) names.add(folder.slice(start, -1));
    }
    names.delete('');
    // S3 sorts names including the trailing slash: `a-b/` before `a/`.
    yield* [...names].sort(compareUtf8);
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand(this.#at(checkKey(key)));
    await this.#reading('s3:DeleteObject', key, undefined, () => this.#client.send(command));
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#root.bucket, Key: this.#prefix + checkLiteralKey(key) };
  }

  /** A separate client, because here the SDK must retry single parts, not the whole upload. */
  async #putInParts(request: {
    readonly Bucket: string;
    readonly Key: string;
    readonly Body: Uint8Array;
  }): Promise<{ ETag?: string | undefined }> {
    this.#partClient ??= this.#connect(this.#patience.attempts);
    const upload = { client: this.#partClient, params: request, partSize: partBytes };
    return new Upload({ ...upload, queueSize: 4 }).done();
  }

  async *#pages(prefix: string, delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    const request = {
      Bucket: this.#root.bucket,
      Prefix: this.#prefix + checkLiteralPrefix(prefix),
      EncodingType: 'url' as const,
      ...(delimiter !== undefined && { Delimiter: delimiter }),
    };
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({ ...request, ContinuationToken: token });
      const page = await this.#run('s3:ListBucket', prefix, undefined, () =>
        this.#client.send(command),
      );
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Like `#run`; `undefined` when the object is missing. */
  async #reading<T>(
    action: S3Action,
    key: string,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<T | undefined> {
    return this.#run(action, key, signal, async () => {
      try {
        return await request();
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  async #run<T>(
    action: S3Action,
    key: string,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<T> {
    try {
      // A slot is held for an attempt, not for the wait between two.
      const answer = await patiently(() => this.#slots.run(request), this.#patience, signal);
      this.#isAdmitted = true;
      return answer;
    } catch (error) {
      throw s3Error(error, action, { bucket: this.#root.bucket, key: this.#prefix + key });
    }
  }

  #outOfOrder(key: string): EigenfleetError {
    return new EigenfleetError(
      'storage',
      `${this.uri} does not list its keys in the order of their bytes (at ${JSON.stringify(key)}), as S3 does. Use a general purpose bucket.`,
    );
  }
}
