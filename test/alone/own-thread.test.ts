import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startExplainer } from '../../src/local/start-explainer.ts';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import { StageTimer } from '../../src/worker/explain/stage-timer.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tinyModel } from '../support/fleet.ts';
import { tinySpec } from '../support/tiny-spec.ts';

const folder = join(repositoryRoot, 'examples/blood-cells/images/test');
const photos = await Promise.all(
  ['00007', '00011', '00015'].map((n) => readFile(join(folder, `BloodImage_${n}.jpg`))),
);
const spec = await tinySpec('');
const loaded = await loadModel(tinyModel);

/** All at once, and how many threads began for it. */
async function explained({ ownsThread, images }: { ownsThread: boolean; images: number }) {
  let threads = 0;
  const count = () => {
    threads += 1;
  };
  process.on('worker', count);
  const explainer = await startExplainer({
    ...{ ...spec, loaded, images, ownsThread, note: () => {} },
    execution: { device: 'cpu', threads: 1 },
  });
  try {
    const samples = photos.map((bytes) => explainer.explain(bytes, new StageTimer()));
    return { samples: await Promise.all(samples), threads };
  } finally {
    process.off('worker', count);
    await explainer.close();
  }
}

test('few images are explained in a thread that nobody else uses, and the same as in others', async () => {
  const own = await explained({ ownsThread: true, images: 3 });
  assert.equal(own.threads, 0);
  assert.deepEqual(
    own.samples.map(({ status }) => status),
    ['success', 'success', 'success'],
  );
  const others = await explained({ ownsThread: false, images: 3 });
  assert.ok(others.threads > 0);
  assert.deepEqual(own.samples, others.samples);
});

test('many images have threads of their own', async () => {
  const { threads } = await explained({ ownsThread: true, images: 1_000 });
  assert.ok(threads > 0);
});
