import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { borderCoverage } from '../../../src/maps/border-ring.ts';
import { boxCoverage } from '../../../src/maps/box-coverage.ts';
import { contentCells } from '../../../src/maps/content-cells.ts';
import type { MeasureName } from '../../../src/shared/catalog/measure-catalog.ts';
import { mapColumn } from '../../../src/shared/catalog/measure-column.ts';
import type { Detection, Xyxy } from '../../../src/shared/run/detection.ts';
import type { LetterboxGeometry } from '../../../src/shared/run/letterbox-geometry.ts';
import {
  measureMap,
  measureSample,
  type SampleEvidence,
} from '../../../src/worker/measures/measures.ts';

/** A 100 x 100 image that fills a 32 x 32 input: cells of 25 x 25 pixels on a 4 x 4 grid. */
const square: LetterboxGeometry = {
  ...{ width: 100, height: 100, newWidth: 32, newHeight: 32 },
  ...{ left: 0, top: 0, inputWidth: 32, inputHeight: 32 },
};

/** Twice as wide as high: content rows [8, 24) of the input, the middle two rows of a 4 x 4 grid. */
const wide: LetterboxGeometry = { ...square, width: 200, newHeight: 16, top: 8 };

function measure(
  values: readonly number[],
  { geometry = square, boxes }: { geometry?: LetterboxGeometry; boxes?: readonly Xyxy[] } = {},
): Record<string, number> {
  const side = Math.sqrt(values.length);
  const cells = contentCells(geometry, { gridWidth: side, gridHeight: side });
  return measureMap({
    map: Float32Array.from(values),
    cells,
    boxCoverage: boxes && boxCoverage(boxes, cells),
    borderCoverage: borderCoverage(cells),
  });
}

function near(actual: number | undefined, expected: number, tolerance = 1e-6): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `expected ${expected}, received ${actual}`,
  );
}

const even = new Array<number>(16).fill(0.5);
const oneCell = (cell: number) => even.map((_, i) => (i === cell ? 1 : 0));

describe('the entropy of a map', () => {
  test('is 1 when the heat is even, also when the content cuts through cells', () => {
    near(measure(even).entropy, 1, 1e-12);
    near(measure(even, { geometry: { ...wide, top: 11 } }).entropy, 1, 1e-12);
  });

  test('is 0 when all heat is in one cell', () => {
    near(measure(oneCell(5)).entropy, 0, 1e-12);
  });

  test('is one half when 4 of 16 cells share the heat', () => {
    near(measure(even.map((_, i) => (i < 4 ? 1 : 0))).entropy, 0.5);
  });

  test('counts padding neither as heat nor as cells', () => {
    // Rows 1 and 2 are content: 8 cells, 2 of them hot: ln 2 / ln 8.
    const map = even.map((_, i) => (i < 4 || i === 4 || i === 5 ? 1 : 0));
    near(measure(map, { geometry: wide }).entropy, 1 / 3);
  });

  test('is absent when there is but one content cell', () => {
    const measures = measure([1]);
    assert.equal(measures.entropy, undefined);
    near(measures.centerX, 0.5);
  });
});

describe('heat in boxes', () => {
  test('is compared with the area of the boxes', () => {
    // Cell 5 is [25, 50) x [25, 50); the box is its left half: 1/32 of the image.
    const measures = measure(oneCell(5), { boxes: [[25, 25, 37.5, 50]] });
    near(measures.energyInBoxes, 0.5);
    near(measures.boxLift, 16);
    near(measures.boxAttainable, (0.5 - 1 / 32) / (31 / 32));
    near(measures.peakInBoxes, 0.5);
  });

  test('is a lift of 1 and nothing of the attainable when it is even', () => {
    const measures = measure(even, { boxes: [[13, 40, 71, 93]] });
    near(measures.boxLift, 1);
    near(measures.boxAttainable, 0);
  });

  test('is 0, not absent, when all heat lies elsewhere', () => {
    const measures = measure(oneCell(0), { boxes: [[20, 20, 100, 100]] });
    near(measures.energyInBoxes, 0.04);
    assert.equal(measure(oneCell(0), { boxes: [[50, 50, 100, 100]] }).energyInBoxes, 0);
    near(measure(oneCell(0), { boxes: [[25, 0, 100, 100]] }).boxAttainable, -1);
  });

  test('is absent without boxes and for boxes outside of what the model saw', () => {
    const names = ['energyInBoxes', 'boxLift', 'boxAttainable', 'peakInBoxes'];
    const outside = measure(even, { boxes: [[150, 150, 180, 180]] });
    for (const name of names) {
      assert.equal(measure(even)[name], undefined);
      assert.equal(outside[name], undefined);
    }
  });

  test('has no attainable share when the boxes cover everything', () => {
    const measures = measure(even, { boxes: [[0, 0, 100, 100]] });
    near(measures.boxLift, 1);
    assert.equal(measures.boxAttainable, undefined);
  });
});

describe('heat along the border', () => {
  test('is 19 % of an even map, a lift of 1', () => {
    const measures = measure(even);
    near(measures.borderShare, 0.19);
    near(measures.borderLift, 1);
  });

  test('counts the share of a corner cell that lies in the outer twentieth', () => {
    // Of a 25 pixel cell 20 x 20 lie inside: 1 - 0.64.
    near(measure(oneCell(0)).borderShare, 0.36);
    near(measure(oneCell(5)).borderShare, 0);
  });
});

describe('the center of the heat', () => {
  test('is in the original image, in [0, 1]', () => {
    const measures = measure(oneCell(6));
    near(measures.centerX, 0.625);
    near(measures.centerY, 0.375);
  });

  test('leaves padding out', () => {
    const measures = measure(oneCell(4), { geometry: wide });
    near(measures.centerX, 0.125);
    near(measures.centerY, 0.25);
  });

  test('takes the middle of the content of a cut cell', () => {
    const cut = { ...wide, top: 12 };
    // Rows [12, 28): half of row 1, row 2, half of row 3. Row 1 holds [12, 16): the first quarter.
    near(measure(oneCell(4), { geometry: cut }).centerY, 0.125);
    near(measure(even, { geometry: cut }).centerY, 0.5);
  });

  test('of a classify crop stays in the part that the model saw', () => {
    const crop = { ...square, width: 200, newWidth: 64, left: -16 };
    near(measure(even, { geometry: crop }).centerX, 0.5);
    near(measure(oneCell(0), { geometry: crop }).centerX, 0.25 + 0.5 * 0.125);
  });
});

test('a map without heat or with values that are not finite has no measures', () => {
  assert.deepEqual(measure(even.map(() => 0)), {});
  assert.deepEqual(measure(even.map((_, i) => (i === 3 ? Number.NaN : 1))), {});
  assert.deepEqual(measure(even.map((_, i) => (i === 3 ? Number.POSITIVE_INFINITY : 1))), {});
});

interface GoldenCase {
  readonly layer: string;
  readonly geometry: LetterboxGeometry;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly boxes: readonly Xyxy[];
  readonly map: readonly number[];
  readonly measures: Readonly<Record<string, number>>;
}

const golden = new URL('../../../../test/golden/measures/cases.json', import.meta.url);
const goldenCases: readonly GoldenCase[] = JSON.parse(readFileSync(golden, 'utf8'));

for (const one of goldenCases) {
  const { layer, geometry } = one;
  test(`layer ${layer} of a ${geometry.width} x ${geometry.height} image measures as numpy does pixel by pixel`, () => {
    assertGolden(one);
  });
  test(`layer ${layer} of the same image on its side measures the same, on its side`, () => {
    assertGolden(turned(one));
  });
}

function assertGolden({ geometry, gridWidth, gridHeight, boxes, map, measures }: GoldenCase): void {
  const evidence: SampleEvidence = {
    fused: { map: Float32Array.from(map), gridWidth, gridHeight },
    layers: [],
    framed: [],
    components: [1],
    detections: boxes.map((box) => ({ box, score: 0.5, classId: 0 })),
    classScores: [],
    findsObjects: true,
    geometry,
  };
  const { boxArea, ...ofMap } = measures;
  const taken = measureSample(evidence);
  near(taken.box_area, boxArea as number);
  for (const [name, value] of Object.entries(ofMap))
    near(taken[mapColumn(name as MeasureName, 'fused')], value, 2e-6);
}

/** Rows and columns exchanged, so that the padding is at the sides. */
function turned({
  geometry,
  gridWidth,
  gridHeight,
  boxes,
  map,
  measures,
  layer,
}: GoldenCase): GoldenCase {
  const { width, height, newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  return {
    layer,
    geometry: {
      ...{ width: height, height: width, newWidth: newHeight, newHeight: newWidth },
      ...{ left: top, top: left, inputWidth: inputHeight, inputHeight: inputWidth },
    },
    gridWidth: gridHeight,
    gridHeight: gridWidth,
    boxes: boxes.map(([x0, y0, x1, y1]) => [y0, x0, y1, x1]),
    map: map.map((_, i) => map[(i % gridHeight) * gridWidth + Math.floor(i / gridHeight)]!),
    measures: { ...measures, centerX: measures.centerY!, centerY: measures.centerX! },
  };
}

describe('the measures of a sample', () => {
  const ramp = Float32Array.from({ length: 16 }, (_, i) => (i % 4) / 3);
  const falling = ramp.map((value) => 1 - value);
  const layer = { gridWidth: 4, gridHeight: 4, explainedVariance: [0.5, 0.1] };
  const evidence: SampleEvidence = {
    fused: { map: ramp, gridWidth: 4, gridHeight: 4 },
    layers: [
      { ...layer, column: 'model_15', map: ramp, residual: [0.001, 0.02], signMargin: [0.9, 0.8] },
      {
        ...{ ...layer, column: 'model_18', map: falling },
        ...{ residual: [0.001, Number.NaN], signMargin: [0.7, 0.6] },
      },
    ],
    framed: [ramp, falling],
    components: [1, 8],
    detections: [
      { box: [0, 0, 50, 50], score: 0.9, classId: 0 },
      { box: [25, 25, 75, 75], score: 0.5, classId: 1 },
    ],
    classScores: [],
    findsObjects: true,
    geometry: square,
  };

  test('are named by map, layer and component', () => {
    const measures = measureSample(evidence);
    assert.equal(measures.explained_variance_model_15, 0.5);
    assert.equal(measures.explained_variance_model_15_pc8, 0.1);
    assert.equal(measures.residual_model_15_pc8, 0.02);
    assert.equal(measures.sign_margin_model_18, 0.7);
    assert.equal(measures.entropy_fused, measures.entropy_model_15);
    near(measures.box_area, 0.25 + 0.25 - 0.0625);
    assert.equal(measures.detections, 2);
    near(measures.confidence, 0.7);
    near(measures.layer_agreement, -1);
  });

  test('leave out what is not finite', () => {
    const measures = measureSample(evidence);
    assert.equal('residual_model_18_pc8' in measures, false);
    assert.ok(Object.values(measures).every(Number.isFinite));
  });

  test('count heat inside masks and rotated boxes, where objects have them', () => {
    // Hot is the cell [25, 50) x [25, 50), pixels [8, 16) x [8, 16) of the input; the mask is its left half and the cell left of it.
    const hot = { map: Float32Array.from(oneCell(5)), gridWidth: 4, gridHeight: 4 };
    const box = [0, 0, 50, 50] as const;
    const input = { left: 0, top: 8, width: 12, height: 8, bits: new Uint8Array(96).fill(1) };
    const mask = { polygons: [], rle: { size: [100, 100], counts: '' }, input } as const;
    const measuresOf = (of: Partial<Detection>) =>
      measureSample({
        ...{ ...evidence, fused: hot, layers: [] },
        detections: [{ box, score: 0.9, classId: 0, ...of }],
      });
    const masked = measuresOf({ mask });
    near(masked.energy_in_boxes_fused, 0.5);
    near(masked.box_area, 1.5 / 16);
    near(masked.box_lift_fused, 16 / 3);
    near(masked.peak_in_boxes_fused, 0.5);
    // A diamond around the hot cell's middle whose corners are the middles of its sides.
    const side = 12.5 * Math.SQRT2;
    const center = { centerX: 37.5, centerY: 37.5, width: side, height: side };
    const rotated = measuresOf({ rotated: { ...center, angle: Math.PI / 4 } });
    near(rotated.energy_in_boxes_fused, 0.5);
    near(rotated.box_area, 0.5 / 16);
    near(measuresOf({}).energy_in_boxes_fused, 1);
    const empty = { ...mask, input: { ...input, width: 0, height: 0, bits: new Uint8Array(0) } };
    assert.equal(measuresOf({ mask: empty }).box_area, 0);
    assert.equal('energy_in_boxes_fused' in measuresOf({ mask: empty }), false);
  });

  test('without objects say none were found and nothing of boxes', () => {
    const measures = measureSample({ ...evidence, detections: [] });
    assert.equal(measures.detections, 0);
    assert.equal(measures.box_area, 0);
    assert.equal('confidence' in measures, false);
    assert.equal('box_lift_fused' in measures, false);
  });

  test('of a classifier have the top probability as confidence and no objects', () => {
    const classScores = [
      { classId: 3, score: 0.8 },
      { classId: 1, score: 0.1 },
    ];
    const measures = measureSample({ ...evidence, detections: [], classScores });
    assert.equal(measures.confidence, 0.8);
    assert.equal('detections' in measures, false);
    assert.equal('box_area' in measures, false);
  });

  test('have no layer agreement with one layer or a constant one', () => {
    const constant = new Float32Array(16).fill(0.5);
    for (const framed of [[ramp], [ramp, constant]]) {
      assert.equal(measureSample({ ...evidence, framed }).layer_agreement, undefined);
    }
  });
});
