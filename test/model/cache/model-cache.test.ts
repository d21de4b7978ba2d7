import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertOneFile, cacheModel, uploadModel } from '../../../src/model/cache/model-cache.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Counts how often a whole object is read. */
class CountingStore extends MemoryStore {
  reads = 0;

  override async get(key: string): Promise<Uint8Array | undefined> {
    this.reads += 1;
    return super.get(key);
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const model = Buffer.from('a model');
const key = 'trained/best.onnx';

async function storeWith(bytes: Uint8Array): Promise<CountingStore> {
  const store = new CountingStore();
  await store.put(key, bytes);
  return store;
}

/** As if nobody had used the model for a while, and the process that did was gone. */
async function abandon(path: string, ageDays: number): Promise<void> {
  const folder = join(path, '..');
  const then = Date.now() / 1000 - ageDays * 86_400;
  for (const name of await readdir(folder)) {
    if (name.startsWith('use-')) writeFileSync(join(folder, name), '{}');
    utimesSync(join(folder, name), then, then);
  }
}

describe('a cached model', () => {
  it('is fetched once, whether its sha256 is known or not, and keeps its name', async () => {
    const store = await storeWith(model);
    const cacheFolder = tempDir();
    const first = await cacheModel({ store, key, cacheFolder });
    const second = await cacheModel({ store, key, cacheFolder });
    const third = await cacheModel({ store, key, sha256: sha256Of(model), cacheFolder });
    assert.deepEqual(first, { path: second.path, sha256: sha256Of(model) });
    assert.deepEqual(third, first);
    assert.match(first.path, /best\.onnx$/);
    assert.deepEqual(readFileSync(first.path), model);
    assert.equal(store.reads, 1);
  });

  it('is fetched once when many ask at the same moment', async () => {
    const store = await storeWith(model);
    const cacheFolder = tempDir();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => cacheModel({ store, key, cacheFolder })),
    );
    assert.equal(new Set(all.map(({ path }) => path)).size, 1);
    assert.equal(store.reads, 1);
  });

  it('is fetched again when its file was damaged', async () => {
    const store = await storeWith(model);
    const cacheFolder = tempDir();
    const { path, sha256 } = await cacheModel({ store, key, cacheFolder });
    for (const request of [
      { store, key },
      { store, key, sha256 },
    ]) {
      await writeFile(path, 'a mo');
      await cacheModel({ ...request, cacheFolder });
      assert.deepEqual(readFileSync(path), model);
    }
    assert.equal(store.reads, 3);
  });

  it('is another one when the store has another version', async () => {
    const store = await storeWith(model);
    const cacheFolder = tempDir();
    await cacheModel({ store, key, cacheFolder });
    const newer = Buffer.from('a model, trained on');
    await store.put(key, newer);
    const { path, sha256 } = await cacheModel({ store, key, cacheFolder });
    assert.equal(sha256, sha256Of(newer));
    assert.deepEqual(readFileSync(path), newer);
  });

  it('is refused when the store has another version than the run', async () => {
    const store = await storeWith(model);
    const sha256 = sha256Of(Buffer.from('the model of the run'));
    await assert.rejects(cacheModel({ store, key, sha256, cacheFolder: tempDir() }), {
      code: 'model',
      message: /another version of the model than the run was planned with/,
    });
  });

  it('must be there', async () => {
    await assert.rejects(cacheModel({ store: new MemoryStore(), key, cacheFolder: tempDir() }), {
      code: 'model',
      message: /There is no model at memory:store\/trained\/best\.onnx/,
    });
  });

  it('makes room by removing those that were used longest ago, and none that is in use', async () => {
    const store = new CountingStore();
    const cacheFolder = tempDir();
    const paths: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      await store.put(`${name}.onnx`, Buffer.alloc(10_000, name));
      const { path } = await cacheModel({ store, key: `${name}.onnx`, cacheFolder });
      paths.push(path);
    }
    const [a = '', b = '', c = '', d = ''] = paths;
    await abandon(a, 1);
    await abandon(b, 3);
    await abandon(c, 2);
    await store.put('e.onnx', Buffer.alloc(10_000, 'e'));
    const limitBytes = 33_000;
    const { path: e } = await cacheModel({ store, key: 'e.onnx', cacheFolder, limitBytes });
    const left = new Set((await readdir(cacheFolder)).map((name) => join(cacheFolder, name)));
    const kept = [a, b, c, d, e].map((path) => left.has(join(path, '..')));
    assert.deepEqual(kept, [true, false, false, true, true]);
  });
});

describe('a model for the fleet', () => {
  it('is stored under its sha256, once', async () => {
    const store = new MemoryStore();
    const path = join(tempDir(), 'best.onnx');
    await writeFile(path, model);
    await uploadModel(store, path, sha256Of(model));
    await uploadModel(store, path, sha256Of(model));
    assert.deepEqual(Buffer.from((await store.get(objectKeys.model(sha256Of(model))))!), model);
  });

  it('is refused when it changed after the plan', async () => {
    const path = join(tempDir(), 'best.onnx');
    await writeFile(path, 'changed');
    await assert.rejects(uploadModel(new MemoryStore(), path, sha256Of(model)), { code: 'model' });
  });

  it('is refused when its weights lie in other files', () => {
    assert.doesNotThrow(() => assertOneFile('best.onnx', []));
    assert.throws(() => assertOneFile('best.onnx', ['best.onnx.data']), {
      code: 'model',
      message: /keeps weights in best\.onnx\.data beside it/,
    });
  });
});
