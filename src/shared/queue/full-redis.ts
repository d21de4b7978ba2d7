import { connect } from 'node:net';
import { systemCode } from '../host/storage-error.ts';

/** The reply of a Redis that has as many clients as it may have, as its client would throw it. */
class TooManyClientsError extends Error {
  constructor(reply: string) {
    super(reply);
    this.name = 'ReplyError';
  }
}

const waitMs = 1_000;

/**
 * Whether a connection broke because Redis is at `maxclients`: such a server says so to anybody who connects, before being asked, and hangs up. A client that asks at once
 * loses that to EPIPE or ECONNRESET; this connection only listens. `undefined` for any other error, other reply, silence, and over TLS, where nothing is said.
 */
export async function tooManyClients(url: string, error: unknown): Promise<Error | undefined> {
  const { protocol, hostname, port } = new URL(url);
  if (!['EPIPE', 'ECONNRESET'].includes(systemCode(error) ?? '')) return undefined;
  if (protocol !== 'redis:') return undefined;
  const reply = await greetingOf(hostname.replace(/^\[|\]$/g, ''), Number(port || 6379));
  const [line = ''] = reply.split('\r\n');
  return /^-ERR max number of clients/.test(line)
    ? new TooManyClientsError(line.slice(1))
    : undefined;
}

function greetingOf(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host, port });
    socket.setTimeout(waitMs, () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1').slice(0, 200);
      if (text.includes('\n')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}
