import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Seeded } from './seeded.ts';

export type S3FaultMode =
  | 'ok'
  | '503'
  | 'slow'
  | 'cut'
  | 'stall'
  | 'lost-put'
  | 'refuse'
  | 'deny-put';

/** A proxy before an S3 server that hurts a share of the requests. */
export interface S3FaultProxy {
  readonly endpoint: string;
  /** Requests that were hurt. */
  readonly hurt: number;
  setMode(mode: S3FaultMode, share?: number): void;
  close(): Promise<void>;
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const stallMs = 20_000;

export async function startS3FaultProxy(upstream: string, random: Seeded): Promise<S3FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const state: { mode: S3FaultMode; share: number; hurt: number } = {
    mode: 'ok',
    share: 1,
    hurt: 0,
  };
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const mode: S3FaultMode = random.next() < state.share ? state.mode : 'ok';
    if (mode !== 'ok') state.hurt += 1;
    const context = { mode, random, upstream, agent, signal: closing.signal };
    answer(request, response, context).catch(() => request.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get hurt() {
      return state.hurt;
    },
    setMode: (mode, share = 1) => Object.assign(state, { mode, share }),
    close: async () => {
      closing.abort();
      agent.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Context {
  readonly mode: S3FaultMode;
  readonly random: Seeded;
  readonly upstream: string;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
): Promise<void> {
  const { mode, random } = context;
  const writes = /^(PUT|POST|DELETE)$/.test(request.method ?? '');
  if (mode === 'refuse') return void request.destroy();
  if (mode === 'cut' && writes && random.next() < 0.5) {
    // The server never sees a whole request, and the client no answer.
    request.once('data', () => request.destroy());
    return;
  }
  const body = Buffer.concat(await request.toArray());
  if (mode === '503') return sendError(response, 503, 'SlowDown');
  if (mode === 'deny-put' && writes) return sendError(response, 403, 'AccessDenied');
  if (mode === 'stall') {
    await pause(stallMs, undefined, { signal: context.signal });
    return void request.destroy();
  }
  if (mode === 'slow') await pause(random.between(200, 2500));
  const forwarded = await forward(request, body, context);
  if (mode === 'lost-put' && writes) return void request.destroy();
  await pass(request, response, forwarded, context);
}

function sendError(response: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} of the proxy</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  { upstream, agent }: Context,
): Promise<Forwarded> {
  const { expect: _, connection: __, 'transfer-encoding': ___, ...kept } = headers;
  const length = body.length > 0 || 'content-length' in headers ? body.length : undefined;
  const sent = { ...kept, ...(length !== undefined && { 'content-length': String(length) }) };
  return new Promise((resolve, reject) => {
    const target = new URL(upstream);
    const options = { host: target.hostname, port: target.port, method, path: url, agent };
    httpRequest({ ...options, headers: sent }, (answered) => {
      const { statusCode: status = 500, headers: given } = answered;
      answered
        .toArray()
        .then((chunks) => resolve({ status, headers: given, body: Buffer.concat(chunks) }), reject);
    })
      .once('error', reject)
      .end(body);
  });
}

/** Gives the answer on, whole, cut or in pieces. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Forwarded,
  { mode, random }: Context,
): Promise<void> {
  const { connection: _, 'transfer-encoding': __, ...kept } = headers;
  const length = request.method === 'HEAD' ? headers['content-length'] : String(body.length);
  response.writeHead(status, { ...kept, ...(length && { 'content-length': length }) });
  if (mode === 'cut') {
    response.write(body.subarray(0, random.int(Math.max(1, body.length))), () => request.destroy());
    return;
  }
  if (mode === 'slow' && body.length > 2000) {
    const piece = Math.ceil(body.length / 6);
    for (let at = 0; at < body.length; at += piece) {
      response.write(body.subarray(at, at + piece));
      await pause(100);
    }
    response.end();
    return;
  }
  response.end(body);
}
