import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterboxGeometry } from '../../src/image/input/letterbox.ts';
import { contentCells } from '../../src/maps/content-cells.ts';
import { contentMask, contentRectangle } from '../../src/maps/content-mask.ts';

const input = { inputWidth: 320, inputHeight: 320 };

test('cells that overlap the content are 1, cells of padding only are 0', () => {
  const geometry = letterboxGeometry(640, 480, input);
  const mask = contentMask(geometry, 10, 10);
  const rows = Array.from({ length: 10 }, (_, y) => mask[y * 10]);
  // Content rows 40 to 280 of 320: cell 1 is [32, 64), cell 8 is [256, 288).
  assert.deepEqual(rows, [0, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  assert.equal(
    mask.reduce((sum, cell) => sum + cell, 0),
    80,
  );
});

test('an image that fills the input has no padding cells', () => {
  const mask = contentMask(letterboxGeometry(100, 100, input), 40, 40);
  assert.ok(mask.every((cell) => cell === 1));
});

test('a one-pixel row of content still marks one row of cells', () => {
  const geometry = letterboxGeometry(900, 2, input);
  const marked = contentMask(geometry, 40, 40).reduce((sum, cell) => sum + cell, 0);
  assert.equal(marked, 40);
  assert.deepEqual(contentRectangle(geometry, 40, 40), { left: 0, top: 19, right: 40, bottom: 20 });
});

test('content that ends on a cell border does not mark the next cell', () => {
  const geometry = letterboxGeometry(640, 320, input);
  assert.deepEqual(contentRectangle(geometry, 40, 40), {
    left: 0,
    top: 10,
    right: 40,
    bottom: 30,
  });
});

test('what a map keeps is what measures count, in every geometry', () => {
  for (const [inputSize, gridSize] of [
    [320, 40],
    [96, 7],
    [224, 15],
    [608, 19],
    [1000, 33],
  ] as const) {
    const size = { inputWidth: inputSize, inputHeight: inputSize };
    for (let height = 1; height < 1500; height += 7) {
      const geometry = letterboxGeometry(640, height, size);
      const grid = { gridWidth: gridSize, gridHeight: gridSize };
      const { rows, columns, areas } = contentCells(geometry, grid);
      const mask = contentMask(geometry, gridSize, gridSize);
      const where = `${height} px high on ${gridSize} cells of ${inputSize} px`;
      const ends = [rows.first, rows.end, columns.first, columns.end];
      const { top, bottom, left, right } = contentRectangle(geometry, gridSize, gridSize);
      assert.deepEqual([top, bottom, left, right], ends, where);
      const counted = Float32Array.from(areas, (area) => (area > 0 ? 1 : 0));
      assert.deepEqual(mask, counted, where);
    }
  }
});
