import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, sendAnswer, sendFault } from './s3-answer.ts';
import { testCredentials } from './s3-credentials.ts';
import { type S3Credentials, signatureFault } from './s3-signature.ts';
import { listingXml, tag, xmlOf } from './s3-xml.ts';

export type S3Operation = 'put' | 'copy' | 'get' | 'head' | 'delete' | 'list' | 'upload-part';

/** An error as some server gives it; to HEAD only the status. */
export interface S3Refusal {
  readonly status: number;
  readonly code: string;
}

/** What an injected fault does: an HTTP error, an answer cut half-way or stalled there, one in small pieces, expired credentials. */
export type S3Fault = 403 | 500 | 503 | 'expired' | 'cut' | 'stall' | 'slow' | S3Refusal;

export interface FaultRule {
  /** On the key; of a listing on its prefix. Every key when absent. */
  readonly match?: RegExp;
  /** Every operation when absent. */
  readonly operation?: S3Operation;
  /** How many requests it meets; all from now on when absent. */
  readonly times?: number;
  readonly with: S3Fault;
}

export interface TestS3Server {
  readonly endpoint: string;
  readonly credentials: S3Credentials;
  /** Objects of all buckets: `bucket/key` -> content. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Every request so far that was signed well, in order: `get bucket/key`. */
  readonly requests: readonly string[];
  /** Puts an object as somebody else did: `bucket/key`, now or at another time. */
  put(path: string, content: string | Buffer, modifiedAt?: Date): void;
  createBucket(name: string): void;
  removeBucket(name: string): void;
  /** Waits for the next request of this kind. */
  nextRequest(operation: S3Operation): Promise<void>;
  fail(rule: FaultRule): void;
  /** Ends all faults, and the answers that stall. */
  heal(): void;
  close(): Promise<void>;
}

interface S3Request {
  readonly operation: S3Operation | 'bucket' | 'create-upload' | 'complete-upload' | 'abort-upload';
  readonly bucket: string;
  /** Of a listing its prefix. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly message: IncomingMessage;
}

/**
 * An S3 server in memory for tests, true to the protocol as far as eigenfleet uses it, with path-style addresses and signatures of version 4, and able
 * to fail on demand. A test double: it says nothing about any real server.
 */
export async function startS3Server(): Promise<TestS3Server> {
  const credentials = testCredentials();
  const bucket = new Buckets();
  const rules: { rule: FaultRule; left: number }[] = [];
  const requests: string[] = [];
  const stalled = new Set<ServerResponse>();
  const arrivals = new EventEmitter();
  const server = createServer((message, response) => {
    const answer = async (): Promise<void> => {
      const body = await bodyOf(message);
      const { method = '', url = '', headers } = message;
      const code = signatureFault({ method, url, headers, body }, credentials);
      if (code !== undefined) return sendAnswer(response, errorAnswer(403, code));
      const request = requestOf(message, body);
      requests.push(`${request.operation} ${request.bucket}/${request.key}`);
      arrivals.emit(request.operation);
      const fault = takeFault(rules, request);
      if (fault === 403) return sendAnswer(response, errorAnswer(403, 'AccessDenied'));
      if (fault === 500) return sendAnswer(response, errorAnswer(500, 'InternalError'));
      if (fault === 503) return sendAnswer(response, errorAnswer(503, 'SlowDown'));
      if (fault === 'expired') return sendAnswer(response, errorAnswer(400, 'ExpiredToken'));
      if (typeof fault === 'object') {
        return sendAnswer(response, errorAnswer(fault.status, fault.code));
      }
      if (fault === undefined) return sendAnswer(response, bucket.answer(request));
      // What writes is not done: its caller cannot know, and must do it again.
      const reads = ['get', 'head', 'list'].includes(request.operation);
      if (fault === 'stall') stalled.add(response);
      return sendFault(response, reads ? bucket.answer(request) : { status: 200 }, fault);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const heal = (): void => {
    rules.length = 0;
    for (const response of stalled) response.destroy();
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    objects: bucket.objects,
    requests,
    put: (path, content, modifiedAt = new Date()) =>
      bucket.put(path, Buffer.from(content), modifiedAt),
    createBucket: (name) => void bucket.names.add(name),
    removeBucket: (name) => void bucket.names.delete(name),
    nextRequest: (operation) =>
      new Promise((resolve) => {
        arrivals.once(operation, () => resolve());
      }),
    fail: (rule) => void rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
    heal,
    close: () =>
      new Promise((resolve) => {
        heal();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function takeFault(
  rules: { rule: FaultRule; left: number }[],
  { operation, key }: S3Request,
): S3Fault | undefined {
  const found = rules.find(
    ({ rule, left }) =>
      left > 0 &&
      (rule.operation === undefined || rule.operation === operation) &&
      (rule.match === undefined || rule.match.test(key)),
  );
  if (found === undefined) return undefined;
  found.left -= 1;
  return found.rule.with;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function requestOf(message: IncomingMessage, body: Buffer): S3Request {
  const [path = '', search = ''] = (message.url ?? '').split('?');
  const [bucket = '', ...rest] = path.slice(1).split('/');
  const query = new URLSearchParams(search);
  const key = rest.map(decodeURIComponent).join('/');
  const operation = operationOf(message, key, query);
  return {
    ...{ operation, bucket, query, body, message },
    key: operation === 'list' ? (query.get('prefix') ?? '') : key,
  };
}

function operationOf(
  { method, headers }: IncomingMessage,
  key: string,
  query: URLSearchParams,
): S3Request['operation'] {
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  if (key === '') return method === 'GET' ? 'list' : 'bucket';
  if (query.has('uploads')) return 'create-upload';
  if (query.has('uploadId')) {
    if (method === 'PUT') return 'upload-part';
    return method === 'POST' ? 'complete-upload' : 'abort-upload';
  }
  if (method === 'PUT') return isCopy ? 'copy' : 'put';
  if (method === 'DELETE') return 'delete';
  return method === 'HEAD' ? 'head' : 'get';
}

/** What the server holds, and what it answers when nothing is to fail. */
class Buckets {
  readonly names = new Set<string>();
  readonly objects = new Map<string, Buffer>();
  readonly #etags = new Map<string, string>();
  readonly #times = new Map<string, Date>();
  readonly #uploads = new Map<string, Map<number, Buffer>>();

  put(path: string, content: Buffer, modifiedAt: Date): void {
    this.#store(path, content, `"${md5(content)}"`);
    this.#times.set(path, modifiedAt);
  }

  answer(request: S3Request): Answer {
    const { operation, bucket, key, query, body } = request;
    if (operation === 'bucket') {
      this.names.add(bucket);
      return { status: 200 };
    }
    if (!this.names.has(bucket)) return errorAnswer(404, 'NoSuchBucket');
    const path = `${bucket}/${key}`;
    switch (operation) {
      case 'list':
        return { status: 200, body: Buffer.from(listingXml(this.#infos(bucket, key), query)) };
      case 'put':
        return { status: 200, headers: { etag: this.#store(path, body, `"${md5(body)}"`) } };
      case 'copy':
        return this.#copy(request, path);
      case 'delete':
        this.objects.delete(path);
        return { status: 204 };
      case 'get':
      case 'head':
        return this.#read(path, request.message.headers.range);
      default:
        return this.#upload(request, path);
    }
  }

  #store(path: string, body: Buffer, etag: string): string {
    this.objects.set(path, body);
    this.#etags.set(path, etag);
    this.#times.set(path, new Date());
    return etag;
  }

  #read(path: string, range: string | undefined): Answer {
    const content = this.objects.get(path);
    if (content === undefined) return errorAnswer(404, 'NoSuchKey');
    const headers = {
      etag: this.#etags.get(path) ?? '',
      'last-modified': new Date(0).toUTCString(),
    };
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
    if (match === null) return { status: 200, headers, body: content };
    const [start, end] = [Number(match[1]), Math.min(Number(match[2]), content.length - 1)];
    if (start >= content.length) return errorAnswer(416, 'InvalidRange');
    const contentRange = `bytes ${start}-${end}/${content.length}`;
    const body = content.subarray(start, end + 1);
    return { status: 206, headers: { ...headers, 'content-range': contentRange }, body };
  }

  #copy({ message: { headers } }: S3Request, path: string): Answer {
    const source = decodeURIComponent(String(headers['x-amz-copy-source'])).replace(/^\//, '');
    const content = this.objects.get(source);
    if (content === undefined) return errorAnswer(404, 'NoSuchKey');
    const wanted = headers['x-amz-copy-source-if-match'] ?? this.#etags.get(source);
    if (wanted !== this.#etags.get(source)) return errorAnswer(412, 'PreconditionFailed');
    const etag = this.#store(path, content, `"${md5(content)}"`);
    return { status: 200, body: Buffer.from(xmlOf('CopyObjectResult', tag('ETag', etag))) };
  }

  #infos(bucket: string, prefix: string) {
    return [...this.objects]
      .filter(([path]) => path.startsWith(`${bucket}/${prefix}`))
      .map(([path, content]) => ({
        key: path.slice(bucket.length + 1),
        sizeBytes: content.length,
        etag: this.#etags.get(path) ?? '',
        modifiedAt: this.#times.get(path) ?? new Date(0),
      }));
  }

  #upload({ operation, query, body }: S3Request, path: string): Answer {
    if (operation === 'create-upload') {
      const uploadId = `upload-${this.#uploads.size}`;
      this.#uploads.set(uploadId, new Map());
      const result = xmlOf('InitiateMultipartUploadResult', tag('UploadId', uploadId));
      return { status: 200, body: Buffer.from(result) };
    }
    const uploadId = query.get('uploadId') ?? '';
    const parts = this.#uploads.get(uploadId);
    if (parts === undefined) return errorAnswer(404, 'NoSuchUpload');
    if (operation === 'upload-part') {
      parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: `"${md5(body)}"` } };
    }
    this.#uploads.delete(uploadId);
    if (operation === 'abort-upload') return { status: 204 };
    const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    const digests = inOrder.map((part) => Buffer.from(md5(part), 'hex'));
    const etag = `"${md5(Buffer.concat(digests))}-${inOrder.length}"`;
    this.#store(path, Buffer.concat(inOrder), etag);
    const result = xmlOf('CompleteMultipartUploadResult', tag('ETag', etag));
    return { status: 200, body: Buffer.from(result) };
  }
}

function errorAnswer(status: number, code: string): Answer {
  const body = xmlOf('Error', tag('Code', code) + tag('Message', `${code} of the test server`));
  return { status, body: Buffer.from(body) };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
