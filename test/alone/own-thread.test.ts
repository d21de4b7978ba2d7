import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { adviseLayers } from '../../src/local/advisor/advise-layers.ts';
import { fitDataset } from '../../src/local/fit-dataset.ts';
import { startExplainer } from '../../src/local/start-explainer.ts';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import type { RunSettings } from '../../src/shared/settings/run-settings.ts';
import { StageTimer } from '../../src/worker/explain/stage-timer.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tinyModel } from '../support/fleet.ts';
import { tinySpec } from '../support/tiny-spec.ts';

const dynamicModel = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const folder = join(repositoryRoot, 'examples/blood-cells/images/test');
const photos = await Promise.all(
  ['00007', '00011', '00015'].map((n) => readFile(join(folder, `BloodImage_${n}.jpg`))),
);
const spec = await tinySpec('');
const loaded = await loadModel(tinyModel);

/** What comes of work, and how many threads began for it. */
async function withThreads<T>(work: () => Promise<T>): Promise<{ result: T; threads: number }> {
  let threads = 0;
  const count = () => {
    threads += 1;
  };
  process.on('worker', count);
  try {
    return { result: await work(), threads };
  } finally {
    process.off('worker', count);
  }
}

/** All at once. */
async function explained({ ownsThread, images }: { ownsThread: boolean; images: number }) {
  const explainer = await startExplainer({
    ...{ ...spec, loaded, images, ownsThread, note: () => {} },
    execution: { device: 'cpu', threads: 1 },
  });
  try {
    const samples = photos.map((bytes) => explainer.explain(bytes, new StageTimer()));
    return await Promise.all(samples);
  } finally {
    await explainer.close();
  }
}

const quick: RunSettings = {
  ...{ model: dynamicModel, imgsz: [64, 64], images: folder, limit: 2, device: 'cpu', threads: 1 },
  ...{ layers: ['15', '18'], conf: 0.05 },
};
const quiet = { note() {}, warn() {}, signal: new AbortController().signal };

test('few images are explained in a thread that nobody else uses, and the same as in others', async () => {
  const own = await withThreads(() => explained({ ownsThread: true, images: 3 }));
  assert.equal(own.threads, 0);
  assert.deepEqual(
    own.result.map(({ status }) => status),
    ['success', 'success', 'success'],
  );
  const others = await withThreads(() => explained({ ownsThread: false, images: 3 }));
  assert.ok(others.threads > 0);
  assert.deepEqual(own.result, others.result);
});

test('many images have threads of their own', async () => {
  const { threads } = await withThreads(() => explained({ ownsThread: true, images: 1_000 }));
  assert.ok(threads > 0);
});

test('layers of few images are ranked in it too, and their basis is summed there', async () => {
  const advise = { ...quiet, settings: quick, candidates: [], defaults: [], ownsThread: true };
  const { result, threads } = await withThreads(() => adviseLayers(advise));
  assert.equal(result.status, 'ranked');
  assert.equal(threads, 0);
  const fit = { ...quiet, settings: quick, keep: 2, ownsThread: true, onProgress() {} };
  const basis = await withThreads(() => fitDataset(fit));
  assert.equal(basis.result.description.dataset.images, 2);
  assert.equal(basis.threads, 0);
});
