import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxCoverage } from '../../src/maps/box-coverage.ts';
import { contentCells } from '../../src/maps/content-cells.ts';
import type { Xyxy } from '../../src/shared/run/detection.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** 1280 x 960 in 640 x 640: content rows [80, 560). Cells of 8 x 8 input pixels are 16 x 16 of the image. */
const letterboxed: LetterboxGeometry = {
  ...{ width: 1280, height: 960, newWidth: 640, newHeight: 480 },
  ...{ left: 0, top: 80, inputWidth: 640, inputHeight: 640 },
};

/** Content that starts and ends inside cells: rows [83, 557) of the input. */
const cut: LetterboxGeometry = { ...letterboxed, height: 948, newHeight: 474, top: 83 };

const grid = { gridWidth: 80, gridHeight: 80 };

/** Boxes with whole-pixel edges, some of them partly outside the image. */
function randomBoxes(count: number, seed: number, longest: number): Xyxy[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const x = Math.floor(random() * 1300) - 10;
    const y = Math.floor(random() * 980) - 10;
    const width = Math.ceil(random() * longest);
    const height = Math.ceil(random() * longest);
    return [x, y, x + width, y + height];
  });
}

/** Share of the pixels of each cell's content that lie in some box: exact for boxes with whole-pixel edges. */
function countPixels(boxes: readonly Xyxy[], geometry: LetterboxGeometry): Float32Array {
  const covered = new Float64Array(6400);
  const all = new Float64Array(6400);
  for (let y = 0; y < geometry.height; y++) {
    const row = Math.floor((y / 2 + geometry.top) / 8);
    const inRow = boxes.filter((box) => box[1] <= y && y < box[3]);
    for (let x = 0; x < geometry.width; x++) {
      const cell = row * 80 + Math.floor(x / 16);
      all[cell] = (all[cell] as number) + 1;
      if (inRow.some((box) => box[0] <= x && x < box[2])) {
        covered[cell] = (covered[cell] as number) + 1;
      }
    }
  }
  return Float32Array.from(covered, (count, cell) => count / Math.max(1, all[cell] as number));
}

for (const [name, geometry] of [
  ['whole', letterboxed],
  ['cut', cut],
] as const) {
  for (const [count, longest] of [
    [1, 300],
    [50, 400],
    [300, 90],
  ] as const) {
    test(`the union of ${count} boxes over ${name} cells is exact`, () => {
      const boxes = randomBoxes(count, count + longest, longest);
      const exact = countPixels(boxes, geometry);
      const coverage = boxCoverage(boxes, contentCells(geometry, grid));
      const worst = coverage.reduce(
        (max, share, cell) => Math.max(max, Math.abs(share - (exact[cell] as number))),
        0,
      );
      assert.ok(worst < 1e-6, `a cell is off by ${worst}`);
    });
  }
}

test('boxes that share a cell without meeting add up', () => {
  const cells = contentCells(letterboxed, grid);
  const coverage = boxCoverage(
    [
      [0, 0, 4, 16],
      [8, 0, 12, 8],
    ],
    cells,
  );
  assert.equal(coverage[10 * 80], 0.25 + 0.125);
});

test('the same box twice counts once', () => {
  const cells = contentCells(letterboxed, grid);
  const box: Xyxy = [5, 5, 500, 700];
  assert.deepEqual(boxCoverage([box, box], cells), boxCoverage([box], cells));
});

test('empty, reversed and unreadable boxes cover nothing', () => {
  const boxes: Xyxy[] = [
    [10, 10, 10, 50],
    [50, 50, 40, 60],
    [Number.NaN, 0, 10, 10],
  ];
  const coverage = boxCoverage(boxes, contentCells(letterboxed, grid));
  assert.ok(coverage.every((share) => share === 0));
});

test('a box over the whole image covers all content and no padding', () => {
  const cells = contentCells(cut, grid);
  const coverage = boxCoverage([[0, 0, 1280, 948]], cells);
  coverage.forEach((share, cell) => {
    const row = Math.floor(cell / 80);
    assert.equal(share, row >= 10 && row < 70 ? 1 : 0);
  });
});

test('the time it takes is printed', (context) => {
  const cells = contentCells(letterboxed, grid);
  for (const [count, longest] of [
    [50, 400],
    [300, 90],
    [300, 900],
  ] as const) {
    const boxes = randomBoxes(count, 5, longest);
    let covered = 0;
    for (let i = 0; i < 50; i++) covered += boxCoverage(boxes, cells).length;
    const start = performance.now();
    for (let i = 0; i < 50; i++) covered += boxCoverage(boxes, cells).length;
    const each = (performance.now() - start) / 50;
    context.diagnostic(`${count} boxes up to ${longest} px on 80x80: ${each.toFixed(3)} ms`);
    assert.equal(covered, 100 * 6400);
  }
});
