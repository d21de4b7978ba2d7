import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listDataset } from '../../src/producer/plan/listed-dataset.ts';
import { planShards, shardCountOf } from '../../src/producer/spool/shard-plan.ts';
import { encodeManifest, parseManifest } from '../../src/shared/run/manifest.ts';
import type { Sample } from '../../src/shared/run/sample.ts';
import { putInThread } from '../../src/shared/storage/folder/folder-puts.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { collect } from '../support/collect.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Every hundredth has a name that JSON writes otherwise than it is. */
function samplesNamed(count: number): Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `images/${String(index).padStart(7, '0')} "quoted"${index % 100 ? '' : '\n'}\u{1f600}.jpg`,
    sizeBytes: index,
    etag: `e${index}`,
  }));
}

/** In pages of different sizes. */
async function* pagesOf(samples: readonly Sample[]): AsyncGenerator<readonly Sample[]> {
  for (let at = 0, size = 1; at < samples.length; at += size, size = 1 + ((size * 7) % 997)) {
    yield samples.slice(at, at + size);
  }
}

const results = tempDir();
/** Where this file's datasets may put temporary files. */
const scratch = tempDir();
process.env.TMPDIR = scratch;
const leftovers = () => readdirSync(scratch);

describe('a shard plan', () => {
  it('cuts a dataset into equal shards and a rest', () => {
    assert.deepEqual(
      [...planShards(5, 2)],
      [
        { shard: 0, start: 0, end: 2 },
        { shard: 1, start: 2, end: 4 },
        { shard: 2, start: 4, end: 5 },
      ],
    );
    assert.deepEqual([...planShards(4, 4)], [{ shard: 0, start: 0, end: 4 }]);
    assert.deepEqual([...planShards(0, 4)], []);
    assert.equal(shardCountOf(5, 2), 3);
  });
});

describe('a listed dataset', () => {
  for (const [place, memoryBytes] of [
    ['in memory', undefined],
    ['in a temporary file', 1000],
  ] as const) {
    it(`gives back every sample ${place}, for any shard size`, async () => {
      const samples = samplesNamed(3001);
      const dataset = await listDataset(
        pagesOf(samples),
        memoryBytes === undefined ? {} : { memoryBytes },
      );
      for (const shardSize of [1000, 3001, 3000, 7]) {
        const parts = await collect(dataset.manifests(shardSize));
        assert.deepEqual(
          parts.map(({ shard }) => shard),
          [...planShards(3001, shardSize)].map(({ shard }) => shard),
        );
        assert.deepEqual(
          parts.flatMap(({ bytes }) => parseManifest(bytes)),
          samples,
        );
        assert.ok(parts.every(({ images, bytes }) => parseManifest(bytes).length === images));
      }
      await dataset.close();
      await dataset.close();
      assert.deepEqual(leftovers(), []);
    });
  }

  it('has the same parts where a thread cuts them out of its file, for any shard size', async () => {
    const dataset = await listDataset(pagesOf(samplesNamed(3001)), { memoryBytes: 100_000 });
    for (const cut of [7, 256, [1, 3000], [1000, 65, 1936]]) {
      const store = new FolderStore(join(results, String(cut)));
      const parts = dataset.manifests(cut);
      assert.ok(parts.inFile);
      await putInThread(store, await parts.inFile(), (shard) => `m/${shard}`);
      const wanted = await collect(parts);
      for (const { shard, bytes } of wanted) {
        assert.ok(Buffer.from(bytes).equals((await store.get(`m/${shard}`))!), `part ${shard}`);
      }
      assert.equal((await collect(store.list('m/'))).length, wanted.length);
    }
    await dataset.close();
    assert.deepEqual(leftovers(), []);
  });

  it('has the sha256 of its manifest lines as digest', async () => {
    const samples = samplesNamed(2000);
    const dataset = await listDataset(pagesOf(samples), { memoryBytes: 1 });
    const expected = createHash('sha256').update(encodeManifest(samples)).digest('hex');
    assert.deepEqual(
      [dataset.digest, dataset.images, dataset.sizeBytes],
      [expected, 2000, (1999 * 2000) / 2],
    );
    await dataset.close();
  });

  it('leaves nothing behind when the listing fails', async () => {
    async function* failing(): AsyncGenerator<readonly Sample[]> {
      yield samplesNamed(3000);
      throw new Error('the disk went away');
    }
    await assert.rejects(listDataset(failing(), { memoryBytes: 1 }), /the disk went away/);
    assert.deepEqual(leftovers(), []);
  });
});
