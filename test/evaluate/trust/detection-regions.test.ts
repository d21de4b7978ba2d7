import assert from 'node:assert/strict';
import { it } from 'node:test';
import { detectionRegions } from '../../../src/evaluate/trust/detection-regions.ts';
import { contentCells } from '../../../src/maps/content-cells.ts';
import { objectCoverage } from '../../../src/maps/object-coverage.ts';
import { RunLengths } from '../../../src/shared/run/coco-rle.ts';
import type { Detection } from '../../../src/shared/run/detection.ts';

/** 80 x 40 pixels as 40 x 20 in the middle of an input of 40 x 40. */
const geometry = {
  ...{ width: 80, height: 40, newWidth: 40, newHeight: 20 },
  ...{ left: 0, top: 10, inputWidth: 40, inputHeight: 40 },
};
const cells = contentCells(geometry, { gridWidth: 4, gridHeight: 4 });

function masked(rle = new RunLengths({ width: 80, height: 40 })): Detection {
  const mask = { polygons: [], rle: rle.encode() };
  return { box: [0, 0, 80, 40], score: 0.5, classId: 0, mask };
}

it('a stored mask covers the cells under it, and no more of the input is laid out than it reaches', () => {
  const rle = new RunLengths({ width: 80, height: 40 });
  for (let column = 22; column < 40; column++) rle.add(column, 4, 20);
  const regions = detectionRegions([masked(rle)], geometry, 'mask');
  const coverage = objectCoverage(regions, geometry)?.(cells);
  // Columns 11 to 20 of the input in cell 1 of a row, and rows 12 to 20.
  const expected = new Float32Array(16);
  expected[5] = 0.9 * 0.8;
  assert.deepEqual(coverage, expected);
  assert.ok((regions[0]?.mask?.input?.width ?? 40) <= 12);
});

it('an empty mask covers nothing, and one that is damaged leaves its box', () => {
  const [empty] = detectionRegions([masked()], geometry, 'mask');
  assert.ok(empty?.mask?.input);
  assert.deepEqual(objectCoverage([empty], geometry)?.(cells), new Float32Array(16));
  const { box, score, classId } = masked();
  const mask = { polygons: [], rle: { size: [40, 80] as const, counts: '0' } };
  const [damaged] = detectionRegions([{ box, score, classId, mask }], geometry, 'mask');
  assert.deepEqual(damaged, { box });
});
