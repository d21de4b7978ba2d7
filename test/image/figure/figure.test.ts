import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { boxMapPanels } from '../../../src/image/figure/box-map-panels.ts';
import { evidenceWords } from '../../../src/image/figure/evidence-caption.ts';
import { shownEvidence } from '../../../src/image/figure/evidence-panels.ts';
import { renderFigure } from '../../../src/image/figure/figure.ts';
import { componentCaption, resultCaption } from '../../../src/image/figure/figure-caption.ts';
import { figureLayout } from '../../../src/image/figure/figure-layout.ts';
import type { FigurePlan } from '../../../src/image/figure/figure-plan.ts';
import { letterboxGeometry } from '../../../src/image/input/letterbox.ts';

const component = {
  index: 1,
  map: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : -1)),
  explainedVariance: 0.342,
  signMargin: 0.82,
  residual: 1e-6,
};

function planFor(width: number, height: number): FigurePlan {
  return {
    image: { data: new Uint8Array(width * height * 3).fill(200), width, height },
    title: 'cells.jpg',
    subtitle: 'a model',
    layers: ['model.15', 'model.18'].map((name) => ({
      name,
      gridWidth: 4,
      gridHeight: 4,
      components: [component],
    })),
    fused: { map: new Float32Array(16).fill(1), gridWidth: 4, gridHeight: 4, fusion: 'mean' },
    geometry: letterboxGeometry(width, height, { inputWidth: 64, inputHeight: 64 }),
    padding: 'exclude',
    detections: [],
    classNames: ['RBC'],
    colorMap: 'heat',
    notes: ['entropy 0.91'],
    signMargin: 0.1,
  };
}

test('a figure is a PNG with the layout’s size and each layer’s heat in its panel', async () => {
  const png = await renderFigure(planFor(400, 300));
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const layout = figureLayout({ width: 400, height: 300 }, [
    { panels: 3, lines: 2 },
    { panels: 2, lines: 2 },
  ]);
  assert.deepEqual([info.width, info.height], [layout.width, layout.height]);
  for (const { x, y } of layout.panels[1] ?? []) {
    const pixel = (dx: number) => [
      ...data.subarray(((y + 150) * info.width + x + dx) * 3).subarray(0, 3),
    ];
    const [red = 0, green = 0] = pixel(80);
    assert.ok(red > green + 60, 'left half is hot');
    const cold = pixel(350);
    assert.equal(Math.max(...cold), Math.min(...cold), 'right half is gray');
  }
});

test('the input panel shows the image in its own colors', async () => {
  const plan = planFor(400, 300);
  plan.image.data.forEach((_, i) => {
    plan.image.data[i] = [20, 120, 220][i % 3] ?? 0;
  });
  const before = plan.image.data.slice();
  const detections = [{ box: [10, 10, 50, 50], score: 0.5, classId: 0 }] as const;
  const png = await renderFigure({ ...plan, detections });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const { x = 0, y = 0 } =
    figureLayout({ width: 400, height: 300 }, [{ panels: 3, lines: 2 }]).panels[0]?.[0] ?? {};
  const at = ((y + 200) * info.width + x + 200) * 3;
  assert.deepEqual([...data.subarray(at, at + 3)], [20, 120, 220]);
  assert.deepEqual(plan.image.data, before);
});

test('one pixel, a strip and many components can be drawn', async () => {
  const wide = planFor(3000, 2);
  const layers = wide.layers.map((layer) => ({
    ...layer,
    components: Array.from({ length: 7 }, (_, i) => ({ ...component, index: i + 1 })),
  }));
  for (const plan of [planFor(1, 1), wide, { ...planFor(200, 900), layers }]) {
    assert.equal((await sharp(await renderFigure(plan)).metadata()).format, 'png');
  }
});

test('captions say the numbers in words, and what deserves a second look', () => {
  assert.deepEqual(componentCaption(component, 0.1), [
    { text: 'explained variance 34.2 %', tone: 'plain' },
    { text: 'sign certainty 0.82', tone: 'plain' },
  ]);
  const doubtful = componentCaption({ ...component, signMargin: 0.05, residual: 0.02 }, 0.1);
  assert.deepEqual(doubtful.slice(1), [
    { text: 'uncertain sign (sign certainty 0.05)', tone: 'look' },
    { text: 'not converged (residual 0.020)', tone: 'look' },
  ]);
});

test('objects are counted by class, most frequent first', () => {
  const found = [0, 1, 0, 0].map((classId) => ({ box: [0, 0, 1, 1], score: 1, classId }) as const);
  assert.equal(resultCaption(found, undefined, ['RBC', 'WBC']), '4 objects: 3 RBC, 1 WBC');
  assert.equal(resultCaption(found.slice(0, 1), undefined, []), '1 object: 1 #0');
  assert.equal(resultCaption([], undefined, []), 'no objects found');
  assert.equal(resultCaption([], [{ classId: 1, score: 0.98 }], ['A', 'B']), 'best class: B 0.98');
});

const evidence = {
  ...{ classId: 0, layer: 'model.15', gridHeight: 4, gridWidth: 4, low: 0, high: 6 },
  map: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 0 : 6)),
};

test('each class has a panel above the components, hot where the model scores it', async () => {
  const plan = planFor(400, 300);
  const png = await renderFigure({ ...plan, evidence: [evidence, { ...evidence, classId: 1 }] });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const layout = figureLayout({ width: 400, height: 300 }, [
    { panels: 3, lines: 2 },
    { panels: 2, lines: 2 },
    { panels: 2, lines: 2 },
  ]);
  assert.deepEqual([info.width, info.height], [layout.width, layout.height]);
  const pixel = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3).subarray(0, 3),
  ];
  for (const { x, y } of layout.panels[1] ?? []) {
    const [red = 0, green = 0] = pixel(x + 350, y + 150);
    assert.ok(red > green + 60, 'the right half is hot');
    const cold = pixel(x + 80, y + 150);
    assert.equal(Math.max(...cold), Math.min(...cold), 'the left half is gray');
  }
});

test('of many classes those with the highest scores are drawn', () => {
  const many = Array.from({ length: 80 }, (_, classId) => ({
    ...evidence,
    classId,
    high: classId,
  }));
  const shown = shownEvidence(many);
  assert.equal(shown.length, 24);
  assert.equal(shown[0]?.classId, 79);
  assert.deepEqual(shownEvidence(many.slice(0, 3)), many.slice(0, 3));
});

test('a class says its share with the area, its lift with the ceiling, and that this is self-agreement', () => {
  const inObjects = { share: 0.68, area: 0.44, ceiling: 2.27, lift: 1.55, attainable: 0.43 };
  assert.deepEqual(evidenceWords({ ...evidence, inObjects }, 'RBC', 'boxes'), [
    "68 % in the model's own boxes of RBC",
    'these cover 44 %: lift 1.6 of at most 2.3',
    '43 % of the attainable: self-agreement',
  ]);
  const { attainable, ...everywhere } = { ...inObjects, share: 1, area: 1, ceiling: 1, lift: 1 };
  const whole = evidenceWords({ ...evidence, inObjects: everywhere }, 'RBC', 'masks');
  assert.deepEqual(whole.slice(1), [
    'these cover 100 %: lift 1.0 of at most 1.0',
    'self-agreement',
  ]);
  assert.deepEqual(evidenceWords(evidence, 'WBC', 'boxes'), [
    'none found; at most 6.0 logits above the median',
  ]);
  const ofLogit = evidenceWords({ ...evidence, low: -8, high: 0.06 }, 'WBC', undefined);
  assert.deepEqual(ofLogit, ['parts of its logit: -8.00 to 0.06 a cell']);
});

test('box maps have rows of four panels of their own, each with its box alone, and say what they are', async () => {
  const plan = planFor(400, 300);
  const box = (x: number, classId = 0) =>
    ({ box: [x, 0, x + 100, 300], score: 0.9, classId }) as const;
  const detections = [box(0), box(300), box(150, 1)];
  const map = Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const own = { layer: 'model.15', gridWidth: 4, gridHeight: 4, cell: 4, map };
  const boxMaps = detections.map((_, detection) => ({ ...own, detection }));
  const rows = boxMapPanels({ ...plan, detections, boxMaps }, plan.image);
  assert.deepEqual(
    rows.map((row) => row.map(({ title, lines }) => [title, lines[1]?.text])),
    [
      [
        ['Why RBC 0.90', '100 % of the heat in it, 0.0 % in other boxes of RBC'],
        ['Why RBC 0.90', '0.0 % of the heat in it, 100 % in other boxes of RBC'],
        ['Why #1 0.90', '0.0 % of the heat in it'],
      ],
    ],
  );
  const many = Array.from({ length: 9 }, () => ({ ...own, detection: 0 }));
  const lengths = boxMapPanels({ ...plan, detections, boxMaps: many }, plan.image);
  assert.deepEqual(
    lengths.map((row) => row.length),
    [4, 4, 1],
  );
  assert.deepEqual(boxMapPanels(plan, plan.image), []);
});
