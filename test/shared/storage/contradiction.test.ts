import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StorageUnavailableError } from '../../../src/shared/host/storage-unavailable.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { PatientStore } from '../../../src/shared/storage/patient-store.ts';
import { type StorageNotice, StorageWait } from '../../../src/shared/storage/storage-wait.ts';

class Bucket extends MemoryStore {
  override readonly uri = 's3://bucket';
  /** Requests that are answered with 404, whatever is there. */
  lies = 0;
  listingFails: StorageUnavailableError | undefined;
  override async get(key: string): Promise<Uint8Array | undefined> {
    return this.lies-- > 0 ? undefined : super.get(key);
  }
  override async head(key: string) {
    return this.lies-- > 0 ? undefined : super.head(key);
  }
  override async *list(prefix: string) {
    if (this.listingFails !== undefined) throw this.listingFails;
    yield* super.list(prefix);
  }
}

async function patient() {
  const bucket = new Bucket();
  await bucket.put('r/run.json', Uint8Array.of(1));
  const notices: StorageNotice[] = [];
  const say = (notice: StorageNotice) => void notices.push(notice);
  const { signal } = new AbortController();
  const wait = () =>
    new StorageWait({ limitMs: 60_000, fromStart: true, signal, say, firstDelayMs: 1 });
  return {
    bucket,
    notices,
    store: new PatientStore(bucket, { reads: wait(), writes: wait() }, true),
  };
}

describe('a bucket that answers 404', () => {
  it('is waited for where it lists what it says is not there', async () => {
    const { bucket, store, notices } = await patient();
    bucket.lies = 2;
    assert.deepEqual(await store.get('r/run.json'), Uint8Array.of(1));
    bucket.lies = 1;
    assert.equal((await store.head('r/run.json'))?.sizeBytes, 1);
    assert.match(notices[0]?.reason ?? '', /^s3:\/\/bucket\/r\/run\.json is listed, and yet/);
  });

  it('is waited for where it does not list either', async () => {
    const { bucket, store, notices } = await patient();
    bucket.listingFails = new StorageUnavailableError('there is no such bucket', { lasting: true });
    const asked = store.get('r/none');
    setImmediate(() => {
      bucket.listingFails = undefined;
    });
    assert.equal(await asked, undefined);
    assert.equal(notices[0]?.reason, 'there is no such bucket');
  });

  it('is believed where nothing is listed, and where nobody may list', async () => {
    const { bucket, store, notices } = await patient();
    assert.equal(await store.get('r/run.jso'), undefined);
    const cause = { $metadata: { httpStatusCode: 403 } };
    bucket.listingFails = new StorageUnavailableError('may not', { lasting: true, cause });
    assert.equal(await store.head('r/none'), undefined);
    assert.deepEqual(notices, []);
  });
});
