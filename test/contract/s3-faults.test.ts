import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EigenfleetError } from '../../src/shared/errors.ts';
import { StorageUnavailableError } from '../../src/shared/host/storage-unavailable.ts';
import type { S3Timeouts } from '../../src/shared/storage/s3/s3-client.ts';
import { collect } from '../support/collect.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { type S3Fault, startS3Server } from '../support/s3-server.ts';

useTestCredentials();
const server = await startS3Server();
const bucket = await makeBucket(server.endpoint);
after(() => server.close());

const patience = { attempts: 4, firstDelayMs: 1, mostDelayMs: 4 };
/** Short enough to meet a stall soon, long enough for a busy machine. */
const timeouts: S3Timeouts = { connectMs: 5_000, silenceMs: 400, answerMs: 5_000 };
const store = bucket.store({ prefix: 'p', patience, timeouts });
const content = Buffer.from('0123456789'.repeat(1000));
await store.put('key', content);

/** How often a request was made while `work` ran. */
async function countRequests(operation: string, work: () => Promise<unknown>): Promise<number> {
  const before = server.requests.length;
  await work();
  const made = server.requests.slice(before);
  return made.filter((request) => request.startsWith(`${operation} `)).length;
}

describe('an S3 store', () => {
  for (const fault of [500, 503, 'cut', 'stall'] as const) {
    it(`reads, lists and writes in spite of two times ${fault}`, async () => {
      for (const [operation, work] of [
        ['get', async () => assert.deepEqual(Buffer.from((await store.get('key'))!), content)],
        ['get', async () => assert.equal((await store.getRange('key', 5, 500))?.length, 495)],
        ['head', async () => assert.equal((await store.head('key'))?.sizeBytes, content.length)],
        ['list', async () => assert.equal((await collect(store.list(''))).length, 1)],
        ['put', () => store.put('key', content)],
      ] as const) {
        server.fail({ operation, times: 2, with: fault });
        assert.equal(await countRequests(operation, work), 3, operation);
      }
      server.heal();
    });

    it(`gives up after some attempts when ${fault} stays, and blames the storage, not the object`, async () => {
      server.fail({ match: /key/, with: fault });
      const failing = (work: Promise<unknown>): Promise<void> =>
        assert.rejects(work, (error: unknown) => {
          assert.ok(error instanceof StorageUnavailableError, String(error));
          assert.match(error.message, /p\/key cannot be reached .* despite repeated attempts/);
          return true;
        });
      assert.equal(await countRequests('get', () => failing(store.get('key'))), 4);
      assert.equal(await countRequests('put', () => failing(store.put('key', content))), 4);
      server.heal();
    });
  }

  it('has the server copy, and fetches the bytes where the server or its rights know no copies', async () => {
    const info = (await store.head('key'))!;
    const copying = async () => assert.equal((await store.copy(info, 'copy'))?.etag, info.etag);
    assert.equal(await countRequests('get', copying), 0);
    server.fail({ operation: 'copy', times: 2, with: 503 });
    assert.equal(await countRequests('copy', copying), 3);
    for (const refusal of [403, { status: 501, code: 'NotImplemented' }] as const) {
      await store.delete('copy');
      server.fail({ operation: 'copy', with: refusal });
      assert.equal(await countRequests('get', copying), 1);
      assert.deepEqual(Buffer.from((await store.get('copy'))!), content);
      server.heal();
    }
    await store.delete('copy');
  });

  it('waits for a slow body as long as it comes', async () => {
    server.fail({ operation: 'get', times: 1, with: 'slow' });
    assert.equal(await countRequests('get', () => store.get('key')), 1);
  });

  it('repeats a lost part of a large object, not the whole', async () => {
    const large = Buffer.alloc(40 * 1024 * 1024, 'large');
    // A server that reads and hashes parts of 16 MB in this very process is silent for longer than the other tests wait.
    const calm = bucket.store({ prefix: 'p', patience });
    server.fail({ operation: 'upload-part', times: 1, with: 503 });
    assert.equal(await countRequests('upload-part', () => calm.put('large', large)), 4);
    assert.ok(large.equals(Buffer.from((await calm.get('large'))!)));
    await calm.delete('large');
  });

  it('says which right is missing when access is denied, at once', async () => {
    for (const [right, operation, work] of [
      ['s3:GetObject', 'get', () => store.get('key')],
      ['s3:GetObject', 'head', () => store.head('key')],
      ['s3:PutObject', 'put', () => store.put('key', content)],
      ['s3:DeleteObject', 'delete', () => store.delete('key')],
      ['s3:ListBucket', 'list', () => collect(store.list(''))],
    ] as const) {
      server.fail({ operation, with: 403 });
      // The same right lets somebody have an object and look at it.
      if (operation === 'head') server.fail({ operation: 'get', with: 403 });
      const denied = (): Promise<void> =>
        assert.rejects(work, (error: unknown) => {
          // Only what is read is one object's own: a row. Nobody is to blame for what may not be written.
          const ofObject = right === 's3:GetObject';
          assert.ok(error instanceof (ofObject ? EigenfleetError : StorageUnavailableError));
          assert.ok(error.message.includes(`lack the right ${right}`), error.message);
          return true;
        });
      assert.equal(await countRequests(operation, denied), 1);
      server.heal();
    }
  });

  it('blames expired credentials, and not the object', async () => {
    server.fail({ with: 'expired' satisfies S3Fault });
    const expired = { name: 'StorageUnavailableError', message: /credentials have expired/ };
    assert.equal(await countRequests('get', () => assert.rejects(store.get('key'), expired)), 1);
    await assert.rejects(store.put('key', content), expired);
    server.heal();
  });

  it('blames wrong keys and a bucket that is not there', async () => {
    const elsewhere = await makeBucket(server.endpoint);
    const gone = elsewhere.store();
    server.removeBucket(elsewhere.name);
    const noBucket = { name: 'StorageUnavailableError', message: /there is no such bucket/ };
    await assert.rejects(gone.get('key'), noBucket);
    await assert.rejects(collect(gone.list('')), noBucket);
    await assert.rejects(gone.put('key', content), noBucket);
    for (const [name, message] of [
      ['AWS_ACCESS_KEY_ID', /access key is unknown/],
      ['AWS_SECRET_ACCESS_KEY', /secret key does not belong/],
    ] as const) {
      const right = process.env[name];
      process.env[name] = 'wrong';
      const stranger = bucket.store({ patience });
      await assert.rejects(stranger.get('key'), { name: 'StorageUnavailableError', message });
      // An answer to HEAD has a status only.
      await assert.rejects(stranger.head('key'), { name: 'StorageUnavailableError', message });
      process.env[name] = right;
    }
    await assert.rejects(gone.head('key'), noBucket);
  });

  it('asks by GET why a HEAD was refused', async () => {
    for (const [status, code, message] of [
      [404, 'XAdminUserNotFound', /access key is unknown/],
      [400, 'AuthorizationHeaderMalformed', /needs another region.* --s3-region/],
      [301, 'PermanentRedirect', /in another region/],
      [403, 'SignatureDoesNotMatch', /secret key does not belong/],
    ] as const) {
      server.fail({ with: { status, code } });
      const stranger = bucket.store({ prefix: 'p', patience });
      await assert.rejects(stranger.head('key'), { name: 'StorageUnavailableError', message });
      server.heal();
    }
    server.fail({ operation: 'head', with: { status: 403, code: '' } });
    assert.equal((await store.head('key'))?.sizeBytes, content.length);
    server.heal();
  });

  it('believes that an object is not there once it was let in', async () => {
    const fresh = bucket.store({ prefix: 'p', patience });
    const absent = async (): Promise<void> => assert.equal(await fresh.head('absent'), undefined);
    assert.equal(await countRequests('get', absent), 1);
    assert.equal(await countRequests('get', absent), 0);
  });

  it('says so when nobody listens at the endpoint', async () => {
    const other = await startS3Server();
    const { endpoint } = other;
    const lost = (await makeBucket(endpoint)).store({ patience });
    await other.close();
    await assert.rejects(lost.get('key'), {
      name: 'StorageUnavailableError',
      message: /cannot be reached \(ECONNREFUSED\)/,
    });
  });

  it('stops a read under way, and the wait before the next attempt, when asked', async () => {
    for (const fault of ['stall', 503] as const) {
      const patient = bucket.store({
        prefix: 'p',
        patience: { attempts: 9, firstDelayMs: 60_000, mostDelayMs: 60_000 },
      });
      const stop = new AbortController();
      server.fail({ operation: 'get', with: fault });
      const seen = server.nextRequest('get');
      const reading = patient.get('key', stop.signal);
      await seen;
      stop.abort();
      await assert.rejects(reading, { name: 'AbortError' });
      server.heal();
    }
  });
});
