import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProbe } from '../../../src/model/probe/probe-record.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { startRuntimeInference } from '../../../src/worker/inference/runtime-inference.ts';
import { tempDir } from '../../support/temp-dir.ts';

const path = fileURLToPath(
  new URL('../../../../test/fixtures/models/tiny-det.onnx', import.meta.url),
);
const options = { components: [1], padding: 'exclude' as const };
const machine = { options, device: 'cpu', threads: 1, images: 1 } as const;

test('tries a model before the first image, and notes what was checked', async () => {
  const cacheFolder = tempDir();
  const loaded = await loadModel(path, { layers: ['15'] });
  const inference = await startRuntimeInference({ ...machine, loaded, cacheFolder });
  await inference.close();
  const [layer] = loaded.layers;
  const record = await findProbe(loaded.sha256, [layer?.tensor ?? ''], { cacheFolder });
  assert.deepEqual(record?.report, {
    answer: 'agrees',
    layers: [{ layer: 'model.15', reading: 'agrees', maps: 'agrees' }],
  });
});

test('refuses to start with a layer that would be misread', async () => {
  const loaded = await loadModel(path, { layers: ['15'] });
  // The first and the last of three parts: as many channels as module 15 hands out, on the same grid.
  const parts = ['/model.15/Split_output_0', '/model.15/m.0/cv2/act/Mul_output_0'];
  const layers = loaded.layers.map((layer) => {
    return { ...layer, tensor: parts.join(), view: { kind: 'join', parts } as const };
  });
  await assert.rejects(
    startRuntimeInference({ ...machine, loaded: { ...loaded, layers }, cacheFolder: tempDir() }),
    (error) =>
      error instanceof EigenfleetError &&
      error.code === 'model' &&
      /^Layer model\.15/.test(error.message),
  );
});
