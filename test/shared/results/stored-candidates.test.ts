import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unzipSync } from 'fflate';
import { encodeCandidates } from '../../../src/shared/results/candidates/candidate-archive.ts';
import { readStoredCandidates } from '../../../src/shared/results/stored-candidates.ts';
import type { SampleCandidates } from '../../../src/shared/run/candidates.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeSpec } from '../../support/made-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const made = madeSpec({ images: 4, shardSize: 4 });
const spec = { ...made, options: { ...made.options, candidates: true } };
const key = objectKeys.candidates(spec.runId, 0);

function candidates(count: number, more: Partial<SampleCandidates> = {}): SampleCandidates {
  const random = seededRandom(count);
  const floats = (length: number) => Float32Array.from({ length }, random);
  return {
    ...{ count, cut: 2 * count, classIds: Int32Array.from({ length: count }, (_, at) => at % 3) },
    ...{ scores: floats(count), boxes: floats(4 * count), ...more },
  };
}

const masked = candidates(2, { masks: { size: [2, 2], counts: ['04', '4'] } });
const images = [
  candidates(5, { rotated: new Float32Array(25).fill(0.5), keypoints: new Float32Array(30) }),
  undefined,
  candidates(0, { rotated: new Float32Array(), keypoints: new Float32Array() }),
  candidates(3, { rotated: new Float32Array(15), keypoints: new Float32Array(18).fill(2) }),
];

async function stored(bytes: Uint8Array) {
  const store = new MemoryStore('out');
  await store.put(key, bytes);
  return readStoredCandidates(store, spec, 0);
}

describe('stored candidates', () => {
  it('are read as they were written, by row', async () => {
    const found = await stored(encodeCandidates(images));
    assert.deepEqual(found?.of(0), images[0]);
    assert.deepEqual(found?.of(2), images[2]);
    assert.deepEqual(found?.of(3), images[3]);
    assert.deepEqual([found?.of(1).count, found?.of(1).cut], [0, 0]);
    assert.throws(() => found?.of(4), RangeError);
    const plain = [candidates(1), candidates(2), candidates(0), candidates(7)];
    assert.deepEqual((await stored(encodeCandidates(plain)))?.of(3), plain[3]);
    const masks = await stored(encodeCandidates([undefined, masked, undefined, masked]));
    assert.deepEqual(masks?.of(3), masked);
    assert.deepEqual(masks?.of(0).masks, { size: [0, 0], counts: [] });
  });

  it('are an archive of whole arrays that NumPy reads', () => {
    const files = unzipSync(encodeCandidates(images));
    const headers = Object.entries(files).map(([name, file]) => {
      const text = new TextDecoder().decode(file.subarray(10, 128));
      return [name, /'descr': '([^']*)'/.exec(text)?.[1], /\(([^)]*)\)/.exec(text)?.[1]];
    });
    assert.deepEqual(headers, [
      ['counts.npy', '<i4', '4,'],
      ['cut.npy', '<i4', '4,'],
      ['scores.npy', '<f4', '8,'],
      ['boxes.npy', '<f4', '8, 4'],
      ['class_ids.npy', '<i4', '8,'],
      ['rotated.npy', '<f4', '8, 5'],
      ['keypoints.npy', '<f4', '8, 2, 3'],
    ]);
    assert.deepEqual(
      [...new Int32Array(files['counts.npy']?.slice(128).buffer ?? [])],
      [5, 0, 0, 3],
    );
  });

  it('are absent where the run keeps none, and where their file is gone', async () => {
    const store = new MemoryStore('out');
    assert.equal(await readStoredCandidates(store, spec, 0), undefined);
    await store.put(key, encodeCandidates(images));
    assert.equal(await readStoredCandidates(store, made, 0), undefined);
  });

  it('are a file of their shard', () => {
    assert.ok(objectKeys.isOfShard(key, spec.runId, 0));
    assert.ok(!objectKeys.isOfShard(key, spec.runId, 1));
    assert.ok(!objectKeys.isOfShard(`${key}x`, spec.runId, 0));
  });

  it('that were altered or cut short are a sentence, whatever the bytes say', async () => {
    const all = { rotated: new Float32Array(10), keypoints: new Float32Array(12) };
    const full = { ...masked, ...all };
    const whole = encodeCandidates([full, full, undefined, full]);
    for (let end = 0; end < whole.length - 22; end += 37) {
      const cut = whole.slice(0, end);
      await stored(cut).then(
        (found) => assert.equal(found?.images, 4),
        (error) =>
          assert.match(String(error), /candidates\/0000000\.npz in memory:out cannot be read/),
      );
    }
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const altered = whole.slice();
      for (let bytes = 0; bytes < 3; bytes++) {
        altered[Math.floor(random() * altered.length)] = Math.floor(256 * random());
      }
      await stored(altered).then(
        (found) => assert.equal(found?.images, 4),
        (error) => assert.match(String(error), /cannot be read/),
      );
    }
  });

  it('of a shard with another number of images, or counts without candidates, are refused', async () => {
    await assert.rejects(stored(encodeCandidates([...images, undefined])), /cannot be read/);
    const claimed = { ...candidates(1), count: 2_000_000_000 };
    assert.throws(() => encodeCandidates([claimed]), RangeError);
    const lying = encodeCandidates([
      { ...candidates(2), masks: { size: [9, 9], counts: ['04', '4'] } },
    ]);
    const one = { ...spec, dataset: { ...spec.dataset, images: 1 } };
    const store = new MemoryStore('out');
    await store.put(key, lying);
    const found = await readStoredCandidates(store, one, 0);
    assert.throws(() => found?.of(0), /do not fit/);
  });
});
