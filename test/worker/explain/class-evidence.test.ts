import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EvidenceAnswer } from '../../../src/model/evidence/evidence-source.ts';
import type { Detection } from '../../../src/shared/run/detection.ts';
import type { ClassEvidence } from '../../../src/shared/run/evidence/class-evidence.ts';
import type { SampleLabels } from '../../../src/shared/run/labels/sample-labels.ts';
import { classEvidence, packWithinBudget } from '../../../src/worker/explain/class-evidence.ts';

const geometry = {
  ...{ width: 32, height: 24, newWidth: 32, newHeight: 24 },
  ...{ left: 0, top: 4, inputWidth: 32, inputHeight: 32 },
};
const levels = [
  { layer: 'model.15', gridHeight: 4, gridWidth: 4 },
  { layer: 'model.18', gridHeight: 2, gridWidth: 2 },
];
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** One class; logits of 16 and 4 cells. */
function answer(fine: readonly number[], coarse: readonly number[]): EvidenceAnswer {
  const values = Float32Array.from([...fine, ...coarse], sigmoid);
  return { kind: 'scores', levels, values };
}

function evidenceOf(
  one: EvidenceAnswer | undefined,
  classes: string[],
  detections: Detection[] = [],
  labels?: SampleLabels,
): ClassEvidence[] | undefined {
  const settings = {
    input: { inputHeight: 32, inputWidth: 32 },
    options: { classes, padding: 'exclude' as const },
  };
  return classEvidence(one, { detections, classScores: [], labels }, { geometry, settings });
}

function labelsOf(...classIds: number[]): SampleLabels {
  const objects = classIds.map((classId) => ({ classId, box: [0, 0, 8, 8] as const }));
  const status = classIds.length > 0 ? 'labeled' : 'background';
  return { status, objects, remarks: [] };
}

const quiet = new Array<number>(16).fill(-8);

it('a map is on the grid of the highest score, above the median of what is content there', () => {
  const [first] = evidenceOf(answer(quiet, [-6, -4, 2, -3]), ['all'])!;
  assert.equal(first?.layer, 'model.18');
  const rounded = [...first!.map].map((value) => Math.round(value * 1e4) / 1e4);
  // The median of -6, -4, 2 and -3 is -3.5.
  assert.deepEqual(rounded, [0, 0, 5.5, 0.5]);
});

it('padding neither counts nor holds anything', () => {
  const fine = [...quiet];
  fine[5] = 1;
  // Content in rows 1 and 2 of four.
  const cut = { ...geometry, newHeight: 16, top: 8 };
  const settings = {
    input: { inputHeight: 32, inputWidth: 32 },
    options: { classes: ['all'], padding: 'exclude' as const },
  };
  fine[0] = 3;
  const nothing = { detections: [], classScores: [] };
  const [one] = classEvidence(answer(fine, [-9, -9, -9, -9]), nothing, {
    geometry: cut,
    settings,
  })!;
  assert.equal(one?.map[0], 0);
  assert.ok(Math.abs(one!.map[5]! - 9) < 1e-4);
});

it('a score of 0, as quantized models have it, counts as the least that the grid has', () => {
  const values = new Float32Array(20);
  values[3] = 0.5;
  values[4] = 0.25;
  const [one] = evidenceOf({ kind: 'scores', levels, values }, ['all'])!;
  assert.ok(Math.abs(one!.map[3]! - Math.log(3)) < 1e-5);
  assert.equal(one!.map[4], 0);
});

it('a class whose scores are not finite has none, and an answer without evidence neither', () => {
  assert.deepEqual(evidenceOf(answer([Number.NaN, ...quiet.slice(1)], [0, 0, 0, 0]), ['all']), []);
  assert.equal(evidenceOf(undefined, ['all']), undefined);
});

it('of the classes found, the four of the highest scores are kept', () => {
  const values = Float32Array.from({ length: 6 * 20 }, (_, at) => sigmoid((at % 7) - 5));
  const detections = [5, 2, 2, 0, 3, 1].map(
    (classId): Detection => ({ classId, score: 0.5, box: [0, 0, 8, 8] }),
  );
  const found = evidenceOf({ kind: 'scores', levels, values }, ['found'], detections);
  assert.deepEqual(
    found?.map(({ classId }) => classId),
    [0, 2, 3, 5],
  );
  assert.ok(found?.every(({ inObjects }) => inObjects !== undefined));
});

it('of an image with labels, the labeled classes are kept too, found or missed', () => {
  const values = Float32Array.from({ length: 3 * 20 }, (_, at) => sigmoid((at % 7) - 5));
  const one: EvidenceAnswer = { kind: 'scores', levels, values };
  const crowd = { classId: 0, box: [0, 0, 8, 8] as const, crowd: true as const };
  const labels = labelsOf(2);
  const withCrowd = { ...labels, objects: [...labels.objects, crowd] };
  const found = evidenceOf(
    one,
    ['found'],
    [{ classId: 1, score: 0.5, box: [0, 0, 8, 8] }],
    withCrowd,
  );
  assert.deepEqual(
    found?.map(({ classId, inObjects }) => [classId, inObjects !== undefined]),
    [
      [1, true],
      [2, false],
    ],
  );
});

it('of background where nothing was found, the class of the highest score is kept', () => {
  const values = new Float32Array(3 * 20).fill(0.01);
  values[27] = 0.2;
  const one: EvidenceAnswer = { kind: 'scores', levels, values };
  assert.deepEqual(
    evidenceOf(one, ['found'], [], labelsOf())?.map(({ classId }) => classId),
    [1],
  );
  assert.deepEqual(evidenceOf(one, ['found'], []), []);
});

it('stores the strongest class always, others within a budget, and all that were asked for', () => {
  // Numbers that deflating cannot shorten.
  let state = 1;
  const noise = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const one = (classId: number, high: number): ClassEvidence => {
    const map = Float32Array.from({ length: 6400 }, () => high * noise());
    return { classId, layer: 'model.15', gridHeight: 80, gridWidth: 80, low: 0, high, map };
  };
  const evidence = [one(0, 1), one(1, 3), one(2, 2)];
  const packed = (classes: string[], maps = true, labels?: SampleLabels, side = 640) =>
    packWithinBudget(
      evidence,
      { inputHeight: side, inputWidth: side },
      { classes, maps, labels },
    ).map((map) => map !== undefined);
  assert.deepEqual(packed(['found']), [false, true, false]);
  assert.deepEqual(packed(['all']), [true, true, true]);
  assert.deepEqual(packed(['found'], false), [false, false, false]);
  // A larger input may have another map: of a labeled class rather than of a stronger one.
  assert.deepEqual(packed(['found'], true, undefined, 1024), [false, true, true]);
  assert.deepEqual(packed(['found'], true, labelsOf(0), 1024), [true, true, false]);
});
