import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import type { SampleRow } from '../../../src/shared/run/sample-row.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import type { ExplainedSample, Explainer } from '../../../src/worker/explain/explainer.ts';
import { ByteBudget } from '../../../src/worker/shard/byte-budget.ts';
import { openInFlightNote } from '../../../src/worker/shard/in-flight-note.ts';
import { SampleWork } from '../../../src/worker/shard/sample-work.ts';
import { ShardResult } from '../../../src/worker/shard/shard-result.ts';
import type { ShardPorts } from '../../../src/worker/shard/shard-task.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { tempDir } from '../../support/temp-dir.ts';

const spec = madeSpec({ images: 1 });
const [made] = madeRows({ images: 1 });
const sample = { key: 'a.jpg', sizeBytes: 3, etag: '' };

type Success = Extract<ExplainedSample, { status: 'success' }>;
type Drawn = Awaited<ReturnType<Explainer['overlay']>>;

function explained(changes: Partial<Success> = {}): Success {
  const { geometry, detections, classScores, measures, flags } = made!;
  const layers = spec.targetLayers.map(({ name, column, gridHeight, gridWidth }) => ({
    ...{ name, column, gridHeight, gridWidth, scale: [1], explainedVariance: [0.5], residual: [0] },
    ...{ signMargin: [1], signed: new Float32Array(gridHeight * gridWidth).fill(0.5) },
  }));
  const fused = { map: new Float32Array(4), gridHeight: 2, gridWidth: 2 };
  return {
    ...{ status: 'success', geometry: geometry!, detections, classScores, measures, flags },
    ...{ layers, fused, frames: { means: [], boxes: new Int16Array(0) } },
    ...changes,
  };
}

/** The row of one image that this is explained as, with every overlay wanted. */
async function rowOf(
  answer: ExplainedSample,
  drawn: Drawn = { status: 'failed_to_draw', reason: 'not asked for' },
  stores: Partial<Pick<ShardPorts, 'store' | 'images'>> = {},
): Promise<SampleRow> {
  const wanted = drawn.status === 'success' || drawn.reason !== 'not asked for';
  const overlays = { all: wanted, flagged: false, sample: 0 };
  const task = { spec: { ...spec, options: { ...spec.options, overlays } }, shard: 0 };
  const { images = new MemoryStore('images'), store = new MemoryStore('out') } = stores;
  await images.put(sample.key, Uint8Array.of(1, 2, 3));
  const explainer: Pick<Explainer, 'explain' | 'overlay' | 'sampleBytes'> = {
    ...{ sampleBytes: 1, explain: async () => answer, overlay: async () => drawn },
  };
  const rows: SampleRow[] = [];
  const work = new SampleWork(
    { ...task, samples: [sample] },
    {
      ...{ images, store, explainer: explainer as Explainer },
      ...{ budget: new ByteBudget(1e6), note: await openInFlightNote(tempDir(), 0) },
      ...{ signal: new AbortController().signal, versions: {} },
      onSample: (row) => void rows.push(row),
    },
    new ShardResult(spec, 0),
  );
  await work.run(0);
  return rows[0] ?? assert.fail('no row');
}

/** The row of one image that is absent the first `misses` times, with results that have a run.json or not. */
async function rowOfAbsent(misses: number, hasRun: boolean): Promise<SampleRow> {
  const store = new MemoryStore('out');
  if (hasRun) await store.put(objectKeys.run(spec.runId), Uint8Array.of(1));
  const images = new MemoryStore('images');
  const get = images.get.bind(images);
  let asked = 0;
  images.get = async (key) => (++asked > misses ? get(key) : undefined);
  return rowOf(explained(), undefined, { store, images });
}

describe('the work on a sample', () => {
  it('fails an image that is not there, and asks again behind a storage that refused everything', async () => {
    const gone = await rowOfAbsent(2, true);
    assert.deepEqual([gone.status, gone.reason], ['failed_to_fetch', 'the file does not exist']);
    assert.equal((await rowOfAbsent(1, true)).status, 'success');
  });

  it('blames the storage, and no image, where run.json is gone as well', async () => {
    await assert.rejects(rowOfAbsent(1, false), {
      name: 'StorageUnavailableError',
      message: /^memory:out has no \S+\/run\.json any longer, and memory:images no a\.jpg/,
    });
  });

  it('blames a bucket of images that lists a file and yet answers that it is not there', async () => {
    const store = new MemoryStore('out');
    await store.put(objectKeys.run(spec.runId), Uint8Array.of(1));
    const images = new MemoryStore('images');
    const bucket = Object.assign(images, { uri: 's3://shots', get: async () => undefined });
    await assert.rejects(rowOf(explained(), undefined, { store, images: bucket }), {
      name: 'StorageUnavailableError',
      message: /^s3:\/\/shots\/a\.jpg is listed, and yet the storage answers/,
    });
  });

  it('keeps the row of an image whose overlay cannot be drawn, and says so', async () => {
    const row = await rowOf(explained(), { status: 'failed_to_draw', reason: 'damaged data' });
    assert.equal(row.status, 'success');
    assert.equal(row.overlay, false);
    assert.equal(row.reason, 'no overlay: damaged data');
    assert.deepEqual(row.detections, made!.detections);
  });

  it('says which layer shows nothing beside others that do', async () => {
    const [first, second] = explained().layers;
    const blank = { ...second!, degenerateReason: 'the activations are not finite numbers' };
    const row = await rowOf(explained({ layers: [first!, blank] }));
    assert.equal(row.reason, 'degenerate map of model.21: the activations are not finite numbers');
  });

  it('stores no number that is not finite, wherever it stands', async () => {
    const bad = Number.POSITIVE_INFINITY;
    const box = [0, 0, bad, 1] as const;
    const [layer] = explained().layers;
    const spoilt: readonly (readonly [Partial<Success>, string])[] = [
      [{ detections: [{ box, score: 1, classId: 0 }] }, 'boxes'],
      [{ detections: [{ box: [0, 0, 1, 1], score: Number.NaN, classId: 0 }] }, 'scores'],
      [{ classScores: [{ score: bad, classId: 0 }] }, 'scores'],
      [{ measures: { entropy_fused: Number.NaN } }, 'measures'],
      [{ layers: [{ ...layer!, scale: [bad] }] }, 'map scales'],
      [{ layers: [{ ...layer!, signed: Float32Array.of(Number.NaN) }] }, 'maps'],
    ];
    for (const [changes, what] of spoilt) {
      const row = await rowOf(explained(changes));
      assert.equal(row.status, 'failed_to_infer', what);
      assert.equal(row.reason, `its ${what} are not finite numbers`);
      assert.deepEqual(row.measures, {});
    }
  });
});
