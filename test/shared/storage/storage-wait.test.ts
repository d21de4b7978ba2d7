import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { storageError } from '../../../src/shared/host/storage-error.ts';
import { StorageUnavailableError } from '../../../src/shared/host/storage-unavailable.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { PatientStore } from '../../../src/shared/storage/patient-store.ts';
import {
  type StorageNotice,
  StorageWait,
  type StorageWaitOptions,
} from '../../../src/shared/storage/storage-wait.ts';
import { collect } from '../../support/collect.ts';

const full = (): Error =>
  storageError(Object.assign(new Error('raw'), { code: 'ENOSPC' }), 'written', '/out/a');
const mayNot = (): Error => new StorageUnavailableError('may not', { lasting: true });

interface Waited {
  readonly wait: StorageWait;
  readonly notices: StorageNotice[];
}

function waiting(options: Partial<StorageWaitOptions> = {}): Waited {
  const notices: StorageNotice[] = [];
  const say = (notice: StorageNotice) => void notices.push(notice);
  const { signal } = new AbortController();
  const usual = { limitMs: 60_000, fromStart: false, signal, say, firstDelayMs: 1 };
  return { wait: new StorageWait({ ...usual, ...options }), notices };
}

/** Fails as often as it is told to, and then gives what it is asked for. */
function failing(times: number, error: () => Error): () => Promise<string> {
  let left = times;
  return async () => {
    if (left-- > 0) throw error();
    return 'written';
  };
}

describe('a failed file operation', () => {
  it('is explained where a name is longer than the file system takes', () => {
    const cause = Object.assign(new Error('raw'), { code: 'ENAMETOOLONG' });
    assert.equal(
      storageError(cause, 'written', '/out/a').message,
      '/out/a cannot be written: a name is longer than the file system takes; shorten it. Choose another folder, or change who may write there.',
    );
  });
});

describe('waiting for storage', () => {
  it('repeats what a full disk refused, and says once that it is away and once that it is back', async () => {
    const { wait, notices } = waiting();
    assert.equal(await wait.through(failing(3, full)), 'written');
    assert.deepEqual(
      notices.map(({ status }) => status),
      ['away', 'back'],
    );
    assert.match(notices[0]?.reason ?? '', /^The disk is full: \/out\/a/);
    assert.equal(wait.fault, undefined);
  });

  it('says it again each minute, however many wait', async () => {
    let nowMs = 0;
    const { wait, notices } = waiting({ limitMs: 600_000, nowMs: () => nowMs });
    const passing = (times: number) => {
      const request = failing(times, full);
      return () => {
        nowMs += 10_000;
        return request();
      };
    };
    await Promise.all([wait.through(passing(6)), wait.through(passing(6))]);
    assert.deepEqual(
      notices.map(({ status }) => status),
      ['away', 'still away', 'back'],
    );
  });

  it('is not taken in by something small that a full disk still takes', async () => {
    const { wait, notices } = waiting();
    let done = false;
    const large = wait.through(async () => {
      if (!done) throw full();
    });
    assert.equal(await wait.through(async () => 'small'), 'small');
    assert.match(wait.fault ?? '', /full/);
    assert.equal(notices.length, 1);
    done = true;
    await large;
    assert.equal(wait.fault, undefined);
  });

  it('gives up with the reason when its time is over', async () => {
    let nowMs = 0;
    const { wait } = waiting({ limitMs: 100, nowMs: () => (nowMs += 60) });
    await assert.rejects(wait.through(failing(100, full)), /The disk is full/);
    assert.match(wait.fault ?? '', /full/, 'nobody knows that it is back');
  });

  it('ends with its signal, and with that of the request', async () => {
    for (const whose of ['own', 'request'] as const) {
      const stop = new AbortController();
      const { signal } = stop;
      const { wait } = waiting({
        firstDelayMs: 60_000,
        say: () => stop.abort(),
        ...(whose === 'own' && { signal }),
      });
      const asked = wait.through(failing(9, full), whose === 'request' ? signal : undefined);
      await assert.rejects(asked, /The disk is full/);
    }
  });

  it('tells a person at once of a right that was never there, and waits for one that is taken away', async () => {
    const { wait, notices } = waiting();
    await assert.rejects(wait.through(failing(1, mayNot)), /may not/);
    assert.deepEqual(notices, []);
    await wait.through(async () => {});
    assert.equal(await wait.through(failing(1, mayNot)), 'written');
    const service = waiting({ fromStart: true });
    assert.equal(await service.wait.through(failing(1, mayNot)), 'written');
  });

  it('waits for no fault of the object itself', async () => {
    const { wait } = waiting({ fromStart: true });
    const own = (): Error => new EigenfleetError('storage', 'damaged');
    await assert.rejects(wait.through(failing(1, own)), /damaged/);
  });
});

describe('a patient store', () => {
  /** Each operation fails once; a listing does so behind its second key. */
  class Hiccups extends MemoryStore {
    readonly #failed = new Set<string>();

    override async put(key: string, bytes: Uint8Array) {
      this.#failOnce(`put ${key}`);
      return super.put(key, bytes);
    }

    override async get(key: string) {
      this.#failOnce(`get ${key}`);
      return super.get(key);
    }

    override async *list(prefix: string) {
      let given = 0;
      for await (const info of super.list(prefix)) {
        if (given++ === 2) this.#failOnce('list');
        yield info;
      }
    }

    #failOnce(what: string): void {
      if (this.#failed.has(what)) return;
      this.#failed.add(what);
      throw full();
    }
  }

  it('writes, reads and lists as if nothing had been', async () => {
    const reads = waiting();
    const writes = waiting();
    const store = new PatientStore(new Hiccups(), { reads: reads.wait, writes: writes.wait });
    for (const key of ['a', 'b', 'c', 'd']) await store.put(key, Buffer.from(key));
    assert.deepEqual(Buffer.from((await store.get('c')) ?? []).toString(), 'c');
    const keys = (await collect(store.list(''))).map(({ key }) => key);
    assert.deepEqual(keys, ['a', 'b', 'c', 'd']);
  });
});

describe('a refused read', () => {
  /** The first read is refused with a cause of the system or of S3. */
  class Refusing extends MemoryStore {
    #refused = false;
    readonly #cause: object;

    constructor(cause: object) {
      super('out');
      this.#cause = cause;
    }

    override async getRange(key: string, start: number, end: number) {
      if (this.#refused) return super.getRange(key, start, end);
      this.#refused = true;
      const cause = Object.assign(new Error('raw'), this.#cause);
      throw new EigenfleetError('storage', 'out/a is denied.', { cause });
    }
  }

  for (const cause of [{ code: 'EACCES' }, { $metadata: { httpStatusCode: 403 } }]) {
    it(`is the fault of one image, and of the storage where results are: ${JSON.stringify(cause)}`, async () => {
      const { wait, notices } = waiting({ fromStart: true });
      const waits = { reads: wait, writes: wait };
      const read = async (ownResults: boolean) => {
        const store = new PatientStore(new Refusing(cause), waits, ownResults);
        await store.put('a', Buffer.from('a'));
        return store.getRange('a', 0, 1);
      };
      await assert.rejects(read(false), { code: 'storage', message: 'out/a is denied.' });
      assert.deepEqual(notices, []);
      assert.equal(Buffer.from((await read(true)) ?? []).toString(), 'a');
      assert.deepEqual(
        notices.map(({ status, reason }) => [status, reason]),
        [
          ['away', 'out/a is denied.'],
          ['back', 'out/a is denied.'],
        ],
      );
    });
  }

  it('is no reason to wait where the object itself is damaged', async () => {
    const { wait } = waiting({ fromStart: true });
    const store = new PatientStore(
      new Refusing({ code: 'EIO' }),
      { reads: wait, writes: wait },
      true,
    );
    await assert.rejects(store.getRange('a', 0, 1), EigenfleetError);
  });
});

describe('what storage refuses', () => {
  const errorOf = (code: string, done: 'read' | 'written'): Error =>
    storageError(Object.assign(new Error('raw'), { code }), done, '/out/a');

  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'ESTALE', 'EMFILE']) {
    it(`blames no object for ${code} of a write`, () => {
      assert.ok(errorOf(code, 'written') instanceof StorageUnavailableError);
    });
  }

  it('blames a file that may not be read, or whose sectors are bad, and no other', () => {
    for (const code of ['EACCES', 'EIO']) {
      assert.ok(errorOf(code, 'read') instanceof EigenfleetError, code);
    }
    for (const code of ['ESTALE', 'EMFILE', 'ETIMEDOUT']) {
      assert.ok(errorOf(code, 'read') instanceof StorageUnavailableError, code);
    }
  });
});
