import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { boxCoverage } from '../../src/maps/box-coverage.ts';
import { contentCells, type GridSize } from '../../src/maps/content-cells.ts';
import { objectCoverage } from '../../src/maps/object-coverage.ts';
import type { Detection, InputMask, RotatedBox } from '../../src/shared/run/detection.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';

const goldens = new URL('../../../test/golden/coverage/', import.meta.url);
const golden = (name: string) => JSON.parse(readFileSync(new URL(name, goldens), 'utf8'));

interface Golden extends GridSize {
  readonly coverage: readonly number[];
}

const plain: Detection = { box: [0, 0, 1, 1], score: 0.5, classId: 0 };
const turned = ([centerX, centerY, width, height, angle]: readonly number[]): Detection => ({
  ...plain,
  rotated: { centerX, centerY, width, height, angle } as RotatedBox,
});
const masked = (input: InputMask): Detection => ({
  ...plain,
  mask: { polygons: [], rle: { size: [1, 1], counts: '' }, input },
});

/** 64 x 64 pixels that fill a 64 x 64 input. */
const square: LetterboxGeometry = {
  ...{ width: 64, height: 64, newWidth: 64, newHeight: 64 },
  ...{ left: 0, top: 0, inputWidth: 64, inputHeight: 64 },
};

function cover(
  detections: readonly Detection[],
  geometry: LetterboxGeometry,
  grid: GridSize,
): Float32Array {
  const coverage = objectCoverage(detections, geometry);
  assert.ok(coverage);
  return coverage(contentCells(geometry, grid));
}

function assertNear(actual: Float32Array, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((share, cell) => {
    const found = actual[cell] ?? Number.NaN;
    assert.ok(Math.abs(found - share) < 2e-6, `cell ${cell}: ${found} instead of ${share}`);
  });
}

describe('a crowd of rotated boxes in one cell', () => {
  test('is sampled, near to its exact union and in no time that grows with it', () => {
    const size = { gridWidth: 1, gridHeight: 1 };
    const slice = (i: number) => turned([32, 2 * i + 1, 40, 2, 0]);
    const few = Array.from({ length: 32 }, (_, i) => slice(i));
    const many = [...few, ...few, ...few.map((_, i) => turned([32, 2 * i + 1, 30, 1, 0.001]))];
    const [exact = 0] = cover(few, square, size);
    const [sampled = 0] = cover(many, square, size);
    assert.ok(Math.abs(exact - 0.625) < 1e-6);
    assert.ok(Math.abs(sampled - exact) < 0.02, `${sampled}`);
  });
});

describe('rotated boxes', () => {
  const { geometry, cases, ...grid } = golden('rotated.json');
  for (const [name, one] of Object.entries<{ boxes: number[][]; coverage: number[] }>(cases)) {
    test(`cover cells as polygons do: ${name}`, () => {
      assertNear(cover(one.boxes.map(turned), geometry, grid), one.coverage);
    });
  }

  test('of angle 0 cover what boxes cover', () => {
    const boxes = [
      [10, 12, 30, 41],
      [25, 5, 60, 20],
    ] as const;
    const rotated = boxes.map(([x0, y0, x1, y1]) =>
      turned([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0]),
    );
    const size = { gridWidth: 8, gridHeight: 8 };
    const cells = contentCells(square, size);
    assertNear(cover(rotated, square, size), [...boxCoverage(boxes, cells)]);
  });

  test('that stand on a corner cover half of their upright box, outside the image nothing', () => {
    // A diamond around the middle of a single cell, with corners on the middles of its sides.
    const side = 32 * Math.SQRT2;
    const size = { gridWidth: 1, gridHeight: 1 };
    assertNear(cover([turned([32, 32, side, side, Math.PI / 4])], square, size), [0.5]);
    assertNear(cover([turned([200, 32, 20, 20, 0.3])], square, size), [0]);
    // Its left half is outside.
    assertNear(cover([turned([0, 32, side, side, Math.PI / 4])], square, size), [0.25]);
  });
});

describe('masks', () => {
  const { geometry, masks, grids } = golden('masks.json');
  const detections = masks.map((mask: InputMask & { bits: string }) =>
    masked({ ...mask, bits: Uint8Array.from(mask.bits, Number) }),
  );
  for (const { coverage, ...size } of grids as readonly Golden[]) {
    test(`cover cells by their pixels: grid ${size.gridWidth} x ${size.gridHeight}`, () => {
      assertNear(cover(detections, geometry, size), coverage);
    });
  }

  test('reach no further than the input', () => {
    const bits = new Uint8Array(100).fill(1);
    const outside = masked({ left: 59, top: -5, width: 10, height: 10, bits });
    // 5 x 5 pixels of the last cell of the first row, which has 32 x 32.
    const corner = cover([outside], square, { gridWidth: 2, gridHeight: 2 });
    assertNear(corner, [0, 25 / 1024, 0, 0]);
  });

  test('of a stretched image cover its pixels wherever its sides went', () => {
    const stretched = { ...square, width: 200, height: 50 };
    const bits = new Uint8Array(16 * 64).fill(1);
    const left = masked({ left: 0, top: 0, width: 16, height: 64, bits });
    const size = { gridWidth: 2, gridHeight: 1 };
    assertNear(cover([left], stretched, size), [0.5, 0]);
    assertNear(cover([{ ...plain, box: [0, 0, 50, 50] }], stretched, size), [0.5, 0]);
  });

  test('that are empty cover nothing, and an image without objects has no coverage', () => {
    const empty = masked({ left: 3, top: 3, width: 0, height: 0, bits: new Uint8Array(0) });
    assertNear(cover([empty], square, { gridWidth: 1, gridHeight: 1 }), [0]);
    assert.equal(objectCoverage([], square), undefined);
  });
});

test('the time it takes is printed', (context) => {
  const input = { ...square, inputWidth: 640, inputHeight: 640, newWidth: 640, newHeight: 640 };
  const places = Array.from({ length: 300 }, (_, i) => [(i * 37) % 540, (i * 91) % 540] as const);
  const bits = new Uint8Array(100 * 100).fill(1);
  const sets = {
    '300 masks of 100 x 100': places.map(([left, top]) =>
      masked({ left, top, width: 100, height: 100, bits }),
    ),
    '300 rotated boxes of 10 x 5 cells': places.map(([x, y], i) =>
      turned([x / 10 + 5, y / 10 + 5, 8, 4, i]),
    ),
  };
  for (const [name, detections] of Object.entries(sets)) {
    const grids = [80, 40, 20].map((side) =>
      contentCells(input, { gridWidth: side, gridHeight: side }),
    );
    let cells = 0;
    const times = Array.from({ length: 8 }, () => {
      const start = performance.now();
      const coverage = objectCoverage(detections, input);
      for (const grid of grids) cells += coverage?.(grid).length ?? 0;
      return performance.now() - start;
    });
    context.diagnostic(`${name} on three grids: ${Math.min(...times).toFixed(2)} ms`);
    assert.equal(cells, 8 * 8400);
  }
});
