import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import {
  type HttpOptions,
  type HttpServer,
  startHttp,
} from '../../../src/shared/host/http-server.ts';
import { latch } from '../../support/latch.ts';

const servers: HttpServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function start(options: Partial<HttpOptions> = {}): Promise<HttpServer> {
  const handler: HttpOptions['handler'] = (_request, response) => response.end('here');
  const server = await startHttp({ port: 0, handler, ...options });
  servers.push(server);
  return server;
}

describe('an HTTP server', () => {
  it('takes a free port of this machine, and no other address, unless told otherwise', async () => {
    const { url } = await start();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(await (await fetch(url)).text(), 'here');
  });

  it('gives an address that can be opened when it listens on all of them', async () => {
    const { url } = await start({ host: '0.0.0.0' });
    assert.match(url, /^http:\/\/localhost:\d+$/);
    assert.equal(await (await fetch(url)).text(), 'here');
  });

  it('answers to no name that was not allowed, whatever it serves', async () => {
    const { url } = await start({ allowedHosts: ['fleet.example'] });
    const { port } = new URL(url);
    const statusFor = async (host: string): Promise<number | undefined> => {
      const request = get({ port, host: '127.0.0.1', headers: { host } });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    assert.equal(await statusFor(`evil.example:${port}`), 403);
    assert.equal(await statusFor(`fleet.example:${port}`), 200);
  });

  it('says in one sentence that a port is taken', async () => {
    const port = Number(new URL((await start()).url).port);
    await assert.rejects(start({ port }), {
      code: 'usage',
      message: `Port ${port} on 127.0.0.1 is taken by another program: stop it, or give another port (0 takes a free one).`,
    });
  });

  it('says in one sentence that a host is none of this machine', async () => {
    await assert.rejects(start({ host: '192.0.2.1' }), {
      code: 'usage',
      message:
        '192.0.2.1 is not an address of this machine: give 127.0.0.1, or 0.0.0.0 for all of them.',
    });
  });

  it('lets the answer under way finish when it closes, and takes no other', async () => {
    const asked = latch();
    const answer = latch<string>();
    const server = await start({
      handler: (_request, response) => {
        asked.resolve();
        void answer.promise.then((text) => response.end(text));
      },
    });
    const response = fetch(server.url);
    await asked.promise;
    const closed = server.close();
    await assert.rejects(fetch(server.url));
    answer.resolve('to the end');
    assert.equal(await (await response).text(), 'to the end');
    await closed;
    await server.close();
  });

  it('is not kept open by a connection that asks nothing', async () => {
    const server = await start();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await fetch(server.url);
    const gone = once(socket, 'close');
    await server.close();
    await gone;
  });
});
