import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnSpan, contentCells, rowSpan } from '../../src/maps/content-cells.ts';
import { frameMap, planFrame } from '../../src/maps/frame-map.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';

const square: LetterboxGeometry = {
  ...{ width: 100, height: 100, newWidth: 32, newHeight: 32 },
  ...{ left: 0, top: 0, inputWidth: 32, inputHeight: 32 },
};

function wholeImage(geometry: LetterboxGeometry, side: number, size: number) {
  const cells = contentCells(geometry, { gridWidth: side, gridHeight: side });
  const frame = {
    across: columnSpan(cells, 0, geometry.width),
    down: rowSpan(cells, 0, geometry.height),
    width: size,
    height: size,
  };
  return { cells, frame };
}

function assertNear(actual: Float32Array, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    const found = actual[i] as number;
    assert.ok(Object.is(found, value) || Math.abs(found - value) < 1e-6, `${i}: ${found}`);
  });
}

test('a frame of the same size is the map itself', () => {
  const map = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const { cells, frame } = wholeImage(square, 4, 4);
  assert.deepEqual(frameMap(map, planFrame(cells, frame)), map);
});

test('a finer frame is bilinear between the middles of cells', () => {
  const { cells, frame } = wholeImage(square, 2, 4);
  const row = [0, 0.25, 0.75, 1];
  assertNear(
    frameMap(new Float32Array([0, 1, 0, 1]), planFrame(cells, frame)),
    [row, row, row, row].flat(),
  );
});

test('a coarser frame averages and loses no heat', () => {
  const map = new Float32Array(64);
  map[9] = 1;
  const { cells, frame } = wholeImage(square, 8, 4);
  // Samples lie on the middles of the cells: a frame cell is the mean of its four.
  const expected = new Array<number>(16).fill(0);
  expected[0] = 0.25;
  assertNear(frameMap(map, planFrame(cells, frame)), expected);
});

test('padding never bleeds into the frame', () => {
  const wide = { ...square, width: 200, newHeight: 16, top: 8 };
  const map = Float32Array.from({ length: 16 }, (_, i) => (i >= 4 && i < 12 ? 0.5 : 1));
  const { cells, frame } = wholeImage(wide, 4, 8);
  assert.ok(frameMap(map, planFrame(cells, frame)).every((value) => value === 0.5));
});

test('what a classify crop did not see is left out', () => {
  const crop = { ...square, width: 200, newWidth: 64, left: -16 };
  const { cells, frame } = wholeImage(crop, 4, 4);
  const framed = frameMap(new Float32Array(16).fill(0.5), planFrame(cells, frame));
  const row = [Number.NaN, 0.5, 0.5, Number.NaN];
  assertNear(framed, [row, row, row, row].flat());
});

test('a frame around a box at the corner has values only inside of the image', () => {
  const { cells } = wholeImage(square, 4, 4);
  const frame = {
    across: columnSpan(cells, -25, 25),
    down: rowSpan(cells, -25, 25),
    width: 2,
    height: 2,
  };
  const map = Float32Array.from({ length: 16 }, (_, i) => (i === 0 ? 1 : 0));
  assertNear(frameMap(map, planFrame(cells, frame)), [Number.NaN, Number.NaN, Number.NaN, 1]);
});

test('a box without an area is one point of the map', () => {
  const { cells } = wholeImage(square, 4, 4);
  const point = columnSpan(cells, 37.5, 37.5);
  const map = Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? 1 : 0));
  const framed = frameMap(
    map,
    planFrame(cells, { across: point, down: point, width: 2, height: 2 }),
  );
  assertNear(framed, [1, 1, 1, 1]);
});
