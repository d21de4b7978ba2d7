import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wholeFiles } from '../../../src/evaluate/objects/whole-files.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

it('a file is read once, however many ranges of it are asked for, and a missing one is missing', async () => {
  const store = new MemoryStore();
  await store.put('a', Uint8Array.from([0, 1, 2, 3, 4]));
  const asked: string[] = [];
  const files = wholeFiles({
    uri: 'memory:',
    head: (key) => store.head(key),
    get: (key) => {
      asked.push(key);
      return store.get(key);
    },
    getRange: () => assert.fail('a range of a small file'),
  });
  const ranges = await Promise.all([files.getRange('a', 0, 2), files.getRange('a', 3, 9)]);
  assert.deepEqual(
    ranges.map((bytes) => [...(bytes ?? [])]),
    [
      [0, 1],
      [3, 4],
    ],
  );
  assert.deepEqual(asked, ['a']);
  assert.equal(await files.getRange('b', 0, 1), undefined);
});

it('a large file is read by ranges', async () => {
  const files = wholeFiles({
    uri: 'memory:',
    head: async (key) => ({ key, sizeBytes: 2 ** 30, etag: '' }),
    get: () => assert.fail('a large file as a whole'),
    getRange: async (_key, start, end) => Uint8Array.from([start, end]),
  });
  assert.deepEqual([...((await files.getRange('a', 3, 7)) ?? [])], [3, 7]);
});
