import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterboxGeometry } from '../../../src/image/input/letterbox.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import type { InferenceInput } from '../../../src/worker/inference/inference.ts';
import { planStreams } from '../../../src/worker/inference/inference-streams.ts';
import {
  type RuntimeOptions,
  startRuntimeInference,
} from '../../../src/worker/inference/runtime-inference.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const plan = { device: 'cpu', threads: 8, modelBytes: 12e6, images: 1000 } as const;

test('a CPU with eight threads computes four images at once', () => {
  assert.deepEqual(planStreams(plan), [2, 2, 2, 2]);
});

test('all threads have work when they do not divide evenly', () => {
  assert.deepEqual(planStreams({ ...plan, threads: 7 }), [1, 2, 2, 2]);
  assert.deepEqual(planStreams({ ...plan, threads: 2 }), [1, 1]);
  assert.deepEqual(planStreams({ ...plan, threads: 1 }), [1]);
});

test('an accelerator, few images and a huge model get one session', () => {
  assert.deepEqual(planStreams({ ...plan, device: 'webgpu' }), [8]);
  assert.deepEqual(planStreams({ ...plan, images: 12 }), [8]);
  assert.deepEqual(planStreams({ ...plan, modelBytes: 272e6 }), [8]);
  assert.deepEqual(planStreams({ ...plan, modelBytes: 104e6 }), [4, 4]);
});

test('several sessions give each image what one gives it', async () => {
  const loaded = await loadModel('test/fixtures/models/tiny-det.onnx');
  const { inputHeight, inputWidth } = loaded.model;
  const geometry = letterboxGeometry(640, 480, loaded.model);
  const random = seededRandom(7);
  const inputs = Array.from({ length: 9 }, (): InferenceInput => {
    const pixels = Uint8Array.from({ length: 3 * inputHeight * inputWidth }, () => random() * 256);
    return { pixels, geometry };
  });
  const answers = async (images: number, streams: number) => {
    const options: RuntimeOptions['options'] = { components: [1], padding: 'exclude' };
    const runtime = { loaded, options, device: 'cpu', threads: 2, images } as const;
    const inference = await startRuntimeInference(runtime);
    assert.equal(inference.streams, streams);
    // A copy: the call takes the buffers over.
    const copies = inputs.map((input) => ({ ...input, pixels: input.pixels.slice() }));
    const all = await Promise.all(copies.map((input) => inference.infer([input])));
    await inference.close();
    return all.map(({ images: [image] }) => image);
  };
  assertAlike(await answers(1000, 2), await answers(1, 1));
});

/** Products of five rows are added up in another order by two threads than by one: float32 rounds the sums apart, in the last digits of what is stored as float16. */
function assertAlike(found: unknown, wanted: unknown, path = 'answers'): void {
  if (found instanceof Float32Array && wanted instanceof Float32Array) {
    assert.equal(found.length, wanted.length, path);
    const most = wanted.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - (wanted[i] ?? Number.NaN)) <= 1e-5 * most, `${path}[${i}]`);
    });
  } else if (typeof found === 'object' && found !== null && !ArrayBuffer.isView(found)) {
    assert.deepEqual(Object.keys(found), Object.keys(wanted ?? {}), path);
    for (const [key, value] of Object.entries(found)) {
      assertAlike(value, (wanted as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else assert.deepEqual(found, wanted, path);
}

test('a model that no session loads is refused in one sentence, and no thread stays', async () => {
  const loaded = await loadModel('test/fixtures/models/tiny-det.onnx');
  const layers = loaded.layers.map((layer) => ({ ...layer, tensor: 'nowhere' }));
  const options: RuntimeOptions['options'] = { components: [1], padding: 'exclude' };
  const runtime = { options, device: 'cpu', threads: 2, images: 1000 } as const;
  await assert.rejects(startRuntimeInference({ ...runtime, loaded: { ...loaded, layers } }), {
    code: 'model',
    message: /a node reads "nowhere", which nothing in the file computes/,
  });
});
