import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EigenfleetError, messageOf } from '../errors.ts';
import { type HostRules, isAllowedHost, localHosts } from './host-guard.ts';

/** Closed to the network by default: none of these pages asks for a password. */
export const localHost = '127.0.0.1';

/** How long an answer that is under way may take to finish when the server closes. */
const closeGraceMs = 2_000;

export interface HttpOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly handler: RequestListener;
  /** Names that it answers to in addition to those that `isAllowedHost` accepts. */
  readonly allowedHosts?: readonly string[];
}

export interface HttpServer {
  /** Address to open, such as `http://127.0.0.1:9464`; without a slash at its end. */
  readonly url: string;
  /** Takes no new requests and gives running ones two seconds to finish. Calling it twice is fine. */
  close(): Promise<void>;
}

/**
 * Starts a server and waits until it listens.
 *
 * @throws EigenfleetError `usage` when the port is taken or may not be used, or the host is not of this machine.
 */
export async function startHttp({
  host = localHost,
  port,
  handler,
  allowedHosts = [],
}: HttpOptions): Promise<HttpServer> {
  const rules = { localOnly: localHosts.includes(host), allowed: [host, ...allowedHosts] };
  const server = createServer(guarded(handler, rules));
  try {
    await listen(server, host, port);
  } catch (error) {
    throw listenError(error, host, port);
  }
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(server.address() as AddressInfo),
    close: () => {
      closing ??= close(server);
      return closing;
    },
  };
}

/** Answers only to its own names. */
function guarded(handler: RequestListener, rules: HostRules): RequestListener {
  return (request, response) => {
    if (isAllowedHost(request.headers.host, rules)) return handler(request, response);
    response.writeHead(403, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    response.end('This server does not answer to that name: see --allow-host.\n');
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), closeGraceMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** An address that can be opened: of "all interfaces" the local one. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '::' || address === '0.0.0.0') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function listenError(cause: unknown, host: string, port: number): EigenfleetError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return new EigenfleetError('usage', listenSentence(code, { host, port, cause }), { cause });
}

function listenSentence(
  code: unknown,
  { host, port, cause }: { host: string; port: number; cause: unknown },
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program: stop it, or give another port (0 takes a free one).`;
    case 'EACCES':
      return `Port ${port} on ${host} may not be used by this user: give one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: give 127.0.0.1, or 0.0.0.0 for all of them.`;
    default:
      return `Cannot listen on ${host}, port ${port} (${messageOf(cause)}): give another host or port.`;
  }
}
