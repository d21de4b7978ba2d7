import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  matchCandidates,
  precisionForms,
} from '../../../src/evaluate/matching/match-candidates.ts';
import type { Precision } from '../../../src/evaluate/precision/precision-accumulator.ts';
import { PrecisionAccumulator } from '../../../src/evaluate/precision/precision-accumulator.ts';
import { readValFixture, type ValFixture } from '../../support/val-fixture.ts';

function accumulated({ images, shape }: ValFixture): PrecisionAccumulator {
  const accumulator = new PrecisionAccumulator(precisionForms[shape]);
  for (const [i, { candidates, objects, geometry }] of images.entries()) {
    const matched = matchCandidates(candidates, { objects, geometry }, shape);
    accumulator.addImage({ candidates, matched, block: i });
  }
  return accumulator;
}

function assertNear(actual: number, expected: number, most: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= most, `${what}: ${actual} instead of ${expected}`);
}

describe('average precision', () => {
  for (const name of ['bccd', 'tiny-seg', 'tiny-pose', 'tiny-obb']) {
    it(`is that of Ultralytics' val on ${name}, for each class and threshold`, () => {
      const fixture = readValFixture(name);
      const { forms, exact }: Precision = accumulated(fixture).build();
      assert.equal(exact, true);
      for (const { form, classes, ap50, ap50To95, best } of forms) {
        const expected = fixture.figures[form === 'rotated' ? 'box' : form]!;
        assertNear(ap50 ?? -1, expected.map50, 1e-9, `${form} mAP50`);
        assertNear(ap50To95 ?? -1, expected.map, 1e-9, `${form} mAP50-95`);
        assert.deepEqual(
          classes.map(({ classId }) => classId),
          expected.classes,
        );
        assertNear(best?.threshold ?? -1, expected.threshold, 1e-9, `${form} threshold`);
        for (const [i, one] of classes.entries()) {
          for (const [j, ap] of one.ap.entries()) {
            assertNear(ap, expected.ap[i]![j]!, 1e-9, `${form} class ${one.classId} at ${j}`);
          }
          assertNear(one.atBest.precision, expected.p[i]!, 1e-6, `${form} precision`);
          assertNear(one.atBest.recall, expected.r[i]!, 1e-6, `${form} recall`);
          assertNear(one.atBest.f1, expected.f1[i]!, 1e-6, `${form} F1`);
        }
      }
    });
  }

  it('has the curves over confidence that Ultralytics draws', () => {
    const fixture = readValFixture('bccd');
    const { classes } = accumulated(fixture).build().forms[0]!;
    const names = { p_curve: 'precision', r_curve: 'recall', f1_curve: 'f1' } as const;
    for (const [i, { curves }] of classes.entries()) {
      for (const [key, name] of Object.entries(names)) {
        const expected = fixture.figures.box!.curves[key as keyof typeof names][i]!;
        for (const [j, value] of expected.entries()) {
          assertNear(curves[name][111 * j]!, value, 1e-6, `${name} of class ${i} at ${111 * j}`);
        }
      }
    }
  });

  it('differs from that of pycocotools on the same detections by less than 0.001', () => {
    for (const name of ['bccd', 'tiny-seg']) {
      const fixture = readValFixture(name);
      const { forms } = accumulated(fixture).build();
      const { ap50, ap50To95 } = forms.at(-1)!;
      assertNear(ap50 ?? -1, fixture.coco!.map50, 0.001, `${name} mAP50`);
      assertNear(ap50To95 ?? -1, fixture.coco!.map, 0.001, `${name} mAP50-95`);
    }
  });

  it('has nothing to say of masks where a label is a box, as val refuses such labels', () => {
    const fixture = readValFixture('tiny-seg');
    const images = fixture.images.map((image) => ({
      ...image,
      objects: image.objects.map(({ classId, box }) => ({ classId, box })),
    }));
    const { forms } = accumulated({ ...fixture, images }).build();
    const objects = images.reduce((sum, image) => sum + image.objects.length, 0);
    assert.deepEqual(
      forms.map(({ form, lacking }) => [form, lacking]),
      [
        ['box', 0],
        ['mask', objects],
      ],
    );
  });
});
