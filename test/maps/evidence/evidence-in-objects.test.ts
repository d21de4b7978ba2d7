import assert from 'node:assert/strict';
import { it } from 'node:test';
import { contentCells } from '../../../src/maps/content-cells.ts';
import { evidenceInObjects, votesOf } from '../../../src/maps/evidence/evidence-in-objects.ts';

const geometry = {
  ...{ width: 40, height: 40, newWidth: 40, newHeight: 40 },
  ...{ left: 0, top: 0, inputWidth: 40, inputHeight: 40 },
};
const cells = contentCells(geometry, { gridHeight: 4, gridWidth: 4 });
const at = (values: Readonly<Record<number, number>>): Float32Array =>
  Float32Array.from({ length: 16 }, (_, cell) => values[cell] ?? 0);

it('an object of many cells has one vote, its highest cell, with the square of its value', () => {
  const votes = votesOf(at({ 0: 2, 1: 3, 4: 2, 5: 1, 11: 1 }), cells);
  assert.deepEqual([...votes], [...at({ 1: 9, 11: 1 })]);
});

it('share, lift, ceiling and share of the attainable follow from votes and area', () => {
  const figures = evidenceInObjects(at({ 1: 3, 11: 1 }), at({ 0: 1, 1: 1, 4: 1, 5: 1 }), cells);
  const [share, area] = [0.9, 0.25];
  assert.deepEqual(figures, {
    ...{ share, area, ceiling: 4, lift: share / area },
    attainable: (share - area) / (1 - area),
  });
});

it('a map that is the same everywhere has lift 1', () => {
  const flat = new Float32Array(16).fill(5);
  const figures = evidenceInObjects(flat, at({ 3: 0.5, 7: 1 }), cells);
  assert.equal(figures?.lift, 1);
  assert.equal(figures?.attainable, 0);
});

it('without votes, or without regions, there is none', () => {
  assert.equal(evidenceInObjects(at({}), at({ 1: 1 }), cells), undefined);
  assert.equal(evidenceInObjects(at({ 1: 1 }), at({}), cells), undefined);
});

it('regions that cover everything leave nothing to attain', () => {
  const figures = evidenceInObjects(at({ 1: 1 }), new Float32Array(16).fill(1), cells);
  assert.deepEqual(figures, { share: 1, area: 1, ceiling: 1, lift: 1 });
});
