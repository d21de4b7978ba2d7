import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { shardJobSchema } from '../../../src/shared/queue/shard-job.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { BrokenRunError, openRun } from '../../../src/shared/run/open-run.ts';
import { brokenRunWords, listRuns, resolveRun } from '../../../src/shared/run/run-names.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { mostStoredBytes, readStoredJson } from '../../../src/shared/storage/stored-json.ts';
import { madeSpec } from '../../support/made-run.ts';

const spec = madeSpec({ images: 600 });
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A store whose run `r` has this run.json, and the manifest parts of the real one. */
async function storeOf(runJson: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let shard = 0; shard < spec.dataset.shards; shard++) {
    await store.put(objectKeys.manifest('r', shard), new Uint8Array());
  }
  await store.put(objectKeys.run('r'), bytesOf(runJson));
  return store;
}

const forged = (change: object, dataset: object = {}): string =>
  JSON.stringify({ ...spec, runId: 'r', ...change, dataset: { ...spec.dataset, ...dataset } });

describe('a run.json that nobody planned', () => {
  const { model, options, targetLayers } = spec;
  const [layer] = targetLayers;
  const cases: readonly (readonly [name: string, runJson: string, says: RegExp])[] = [
    ['with 2e9 shards', forged({}, { shards: 2e9, images: 2e9 }), /dataset\.shards: Too big/],
    ['with more shards than images', forged({}, { shards: 601 }), /more shards than images/],
    ['with more shards than manifests', forged({}, { shards: 4 }), /says 4 shards.*no manifest/],
    [
      'with shards of 2e9',
      forged({ options: { ...options, shardSize: 2e9 } }),
      /shardSize: Too big/,
    ],
    ['with 1e9 detections', forged({ options: { ...options, maxDetections: 1e9 } }), /Too big/],
    ['with a grid of 1e9', forged({ targetLayers: [{ ...layer, gridWidth: 1e9 }] }), /Too big/],
    [
      'with a sha256 that is a path',
      forged({ model: { ...model, sha256: `../${'a'.repeat(61)}` } }),
      /not a sha256/,
    ],
    ['of another run', JSON.stringify(spec), /names another run/],
    ['that is not JSON', '{"schema":', /is not JSON/],
    ['that is nested without end', '['.repeat(1_000_000), /is not JSON/],
    ['that is nested deeply', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, /expected object/],
    ['of a name of 9 MB', forged({ command: 'x'.repeat(9e6) }), /larger than 8388608 bytes/],
  ];
  for (const [name, runJson, says] of cases) {
    it(`${name} is refused in one short sentence`, async () => {
      const store = await storeOf(runJson);
      await assert.rejects(openRun(store, 'r'), (error) => {
        assert.ok(error instanceof BrokenRunError);
        assert.match(error.message, says);
        assert.match(error.message, /^r\/run\.json in memory:store cannot be used/);
        return error.code === 'storage' && error.message.length < 500;
      });
    });
  }

  it('is named beside the runs that can be read', async () => {
    const store = await storeOf(forged({}, { shards: 2e9 }));
    await store.put(objectKeys.run(spec.runId), bytesOf(JSON.stringify(spec)));
    await store.put(objectKeys.manifest(spec.runId, 2), new Uint8Array());
    await store.put(
      objectKeys.name('evil'),
      bytesOf('{"schema":"name@1","name":"evil","runId":"../x"}'),
    );
    const { runs, broken } = await listRuns(store);
    assert.deepEqual(
      runs.map(({ runId }) => runId),
      [spec.runId],
    );
    assert.match(brokenRunWords(store, broken).join(), /^r\/run\.json .*Too big/);
    assert.equal(await resolveRun(store, 'latest'), spec.runId);
    await assert.rejects(resolveRun(store, 'evil'), { code: 'usage' });
  });
});

describe('a stored object', () => {
  it('is never read beyond its bound', async () => {
    const store = new MemoryStore();
    await store.put('fits.json', bytesOf('"ab"'));
    await store.put('large.json', bytesOf('"abc"'));
    assert.deepEqual(await readStoredJson(store, 'fits.json', 4), { status: 'read', value: 'ab' });
    assert.equal((await readStoredJson(store, 'large.json', 4)).status, 'too-large');
    assert.equal((await readStoredJson(store, 'none.json', 4)).status, 'absent');
    assert.ok(mostStoredBytes.run < 2 ** 24);
  });
});

test('a job that no producer adds is none', () => {
  const job = { v: 1, out: 's3://b', runId: 'r', shard: 0 };
  assert.equal(shardJobSchema.safeParse(job).success, true);
  for (const change of [
    { shard: 1_073_741_824 },
    { shard: -1 },
    { runId: '../r' },
    { runId: 'a/b' },
    { out: 'x'.repeat(10_000) },
    { more: 1 },
  ]) {
    assert.equal(
      shardJobSchema.safeParse({ ...job, ...change }).success,
      false,
      JSON.stringify(change).slice(0, 80),
    );
  }
});
