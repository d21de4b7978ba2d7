import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterboxGeometry } from '../../../src/image/input/letterbox.ts';
import { overlayMapOf } from '../../../src/worker/explain/overlay-map.ts';

const geometry = letterboxGeometry(64, 64, { inputWidth: 64, inputHeight: 64 });
const fused = { map: Float32Array.of(1, 0, 0, 1), gridWidth: 2, gridHeight: 2 };
const evidence = {
  ...{ classId: 1, layer: 'model.18', gridHeight: 2, gridWidth: 2, low: 0, high: 4 },
  map: Float32Array.of(0, 4, 2, 0),
};
const choice = { classNames: ['RBC', 'WBC'], padding: 'exclude' } as const;

test('an overlay shows the fused map where no class is chosen', () => {
  const map = overlayMapOf({ fused, evidence: [evidence] }, geometry, {
    ...choice,
    classId: undefined,
  });
  assert.equal(map, fused);
});

test('an overlay of a class shows its evidence on its own grid, and says so', () => {
  const map = overlayMapOf({ fused, evidence: [evidence] }, geometry, { ...choice, classId: 1 });
  assert.deepEqual([...map.map], [0, 1, 0.5, 0]);
  assert.equal(map.title, 'class evidence: WBC');
  assert.equal(map.degenerateReason, undefined);
});

test('an image without evidence of the class shows no other map in its place', () => {
  const missing = overlayMapOf({ fused, evidence: [] }, geometry, { ...choice, classId: 0 });
  assert.equal(missing.degenerateReason, 'the class is not among those found here');
  const flat = { ...evidence, high: 0, map: new Float32Array(4) };
  const cold = overlayMapOf({ fused, evidence: [flat] }, geometry, { ...choice, classId: 1 });
  assert.equal(cold.degenerateReason, 'no cell speaks for the class');
});
