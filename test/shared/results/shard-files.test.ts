import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ShardFile } from '../../../src/shared/results/marker/shard-marker.ts';
import { isShardIntact, putShardFile } from '../../../src/shared/results/shard-files.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import type { ObjectStore } from '../../../src/shared/storage/object-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const keys = ['r/shards/0000001.parquet', 'r/maps/model.15/0000001.2x2.npy'];
const overlays = Array.from({ length: 6 }, (_, row) => `r/overlays/0000001/000${row}.jpg`);

async function writeShard(store: ObjectStore, fill = 1): Promise<ShardFile[]> {
  const files: ShardFile[] = [];
  for (const key of [...keys, ...overlays]) {
    files.push(await putShardFile(store, key, new Uint8Array(100).fill(fill)));
  }
  return files;
}

describe('isShardIntact', () => {
  it('holds for a shard as it was written', async () => {
    const store = new MemoryStore();
    const files = await writeShard(store);
    assert.equal(await isShardIntact(store, { files }), true);
  });

  for (const key of [keys[1]!, overlays[1]!]) {
    it(`fails when ${key} is missing, shorter or other bytes of the same size`, async () => {
      const store = new MemoryStore();
      const files = await writeShard(store);
      await store.put(key, new Uint8Array(99).fill(1));
      assert.equal(await isShardIntact(store, { files }), false);
      await store.put(key, new Uint8Array(100).fill(2));
      assert.equal(await isShardIntact(store, { files }), false);
      await store.delete(key);
      assert.equal(await isShardIntact(store, { files }), false);
    });
  }

  it('fails for the marker of one attempt beside the files of another', async () => {
    const folder = tempDir();
    const store = new FolderStore(folder);
    const first = await writeShard(store, 1);
    const second = await writeShard(store, 2);
    assert.equal(await isShardIntact(store, { files: first }), false);
    assert.equal(await isShardIntact(store, { files: second }), true);
  });

  it('reads no content while sizes and etags match', async () => {
    const folder = tempDir();
    const store = new FolderStore(folder);
    const files = await writeShard(store);
    store.get = () => assert.fail('content was read');
    assert.equal(await isShardIntact(store, { files }), true);
  });

  it('lists no folder that holds the files of other shards', async () => {
    const store = new MemoryStore();
    const files: ShardFile[] = [];
    for (const name of ['0000001.json', '0000001.objects.parquet']) {
      files.push(await putShardFile(store, `r/evaluated/${name}`, new Uint8Array(100)));
    }
    store.list = () => assert.fail('a folder was listed');
    assert.equal(await isShardIntact(store, { files }), true);
  });

  it('holds for a finished run that was copied to another folder', async () => {
    const folder = tempDir();
    const files = await writeShard(new FolderStore(join(folder, 'out')));
    await cp(join(folder, 'out'), join(folder, 'copy'), { recursive: true });
    const copy = new FolderStore(join(folder, 'copy'));
    assert.notEqual((await copy.head(keys[0]!))?.etag, files[0]?.etag);
    assert.equal(await isShardIntact(copy, { files }), true);
  });
});
