import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isPlainFolder, putInThread } from '../../../src/shared/storage/folder/folder-puts.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import type { NewObject } from '../../../src/shared/storage/object-store.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function* streamOf(objects: readonly NewObject[]): AsyncGenerator<NewObject> {
  yield* objects;
}

describe('objects put in a thread', () => {
  it('are all there, and nothing else', async () => {
    const store = new FolderStore(join(tempDir(), 'out'));
    const objects = Array.from({ length: 50 }, (_, n) => ({
      key: `a/${n + 10}`,
      bytes: bytesOf(String(n).repeat(20_000)),
    }));
    await putInThread(store, streamOf(objects));
    for (const { key, bytes } of objects) {
      assert.ok(Buffer.from(bytes).equals((await store.get(key))!), key);
    }
    assert.deepEqual(
      (await collect(store.list(''))).map(({ key }) => key),
      objects.map(({ key }) => key),
    );
  });

  it('fail as the store does', async () => {
    const store = new FolderStore(tempDir());
    await store.put('a', bytesOf('x'));
    const objects = ['b', 'a/c'].map((key) => ({ key, bytes: bytesOf(key) }));
    await assert.rejects(putInThread(store, streamOf(objects)), {
      ...{ name: 'EigenfleetError', code: 'storage', message: /a.c cannot be written/ },
    });
  });

  it('are for folders that wait for nobody', () => {
    class Waiting extends FolderStore {}
    assert.equal(isPlainFolder(new FolderStore('/a')), true);
    assert.equal(isPlainFolder(new Waiting('/a')), false);
    assert.equal(isPlainFolder(new MemoryStore()), false);
  });
});
