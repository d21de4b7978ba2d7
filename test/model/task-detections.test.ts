import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { headOf } from '../../src/model/head/heads.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { fixtureModel, openExplainer } from '../support/explainer.ts';
import { filledPolygons } from '../support/filled-polygons.ts';
import { prepareImage } from '../support/prepare-image.ts';

const rules = { confThreshold: 0.05, iouThreshold: 0.7, maxDetections: 300 };

/** One image of `test/golden/detections`. */
interface Reference {
  readonly width: number;
  readonly height: number;
  /** x1, y1, x2, y2, score, class. */
  readonly boxes?: readonly Row[];
  /** cx, cy, w, h, angle, score, class. */
  readonly obb?: readonly Row[];
  readonly keypoints?: readonly (readonly Row[])[];
  /** Pixels of the input. */
  readonly maskArea?: Row;
  /** x, y, x, y, ... */
  readonly polygons?: readonly Row[];
}
type Row = readonly number[];

function references(name: string): [image: string, Reference][] {
  const path = join(repositoryRoot, 'test/golden/detections', `${name}.json`);
  return Object.entries(JSON.parse(readFileSync(path, 'utf8')));
}

interface Compared {
  readonly image: string;
  readonly reference: Reference;
  readonly found: readonly Detection[];
}

async function comparedOf(name: string): Promise<Compared[]> {
  const explainer = await openExplainer(fixtureModel(name), { components: [1] });
  const compared: Compared[] = [];
  for (const [image, reference] of references(name)) {
    const file = join(repositoryRoot, 'examples/blood-cells/images/test', image);
    const { pixels, geometry } = await prepareImage(file, explainer.model);
    const [answer] = await explainer.explain(pixels);
    assert.ok(answer !== undefined);
    const head = headOf(answer.head);
    assert.equal(head.faultOf(answer.head, rules), undefined);
    const { detections } = head.decode(answer.head, geometry, rules);
    compared.push({ image, reference, found: detections });
  }
  await explainer.session.release();
  return compared;
}

/** Each row of the reference with the same detection of ours; all but one in a hundred have one, and so have ours. */
function pairs(
  { image, found, reference }: Compared,
  isSame: (one: Detection, row: Row) => boolean,
): [Detection, number][] {
  const rows = reference.boxes ?? reference.obb ?? [];
  const left = new Set(found);
  const paired = rows.flatMap((row, index): [Detection, number][] => {
    const same = [...left].find((one) => isSame(one, row));
    if (same === undefined) return [];
    left.delete(same);
    return [[same, index]];
  });
  const most = rows.length / 100;
  assert.ok(
    rows.length - paired.length <= most,
    `${image}: ${rows.length - paired.length} missing`,
  );
  assert.ok(left.size <= most, `${image}: ${left.size} extra`);
  return paired;
}

function overlap(a: Xyxy, b: Row): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = b;
  const shared =
    Math.max(Math.min(a[2], x2) - Math.max(a[0], x1), 0) *
    Math.max(Math.min(a[3], y2) - Math.max(a[1], y1), 0);
  return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (x2 - x1) * (y2 - y1) - shared);
}

function isSameBox({ box, score, classId }: Detection, row: Row): boolean {
  const near = Math.abs(score - (row[4] ?? 9)) <= 0.01 && classId === row[5];
  return near && overlap(box, row) >= 0.98;
}

function isSameRotated({ rotated, score, classId }: Detection, row: Row): boolean {
  assert.ok(rotated !== undefined);
  const { centerX, centerY, width, height, angle } = rotated;
  const near = Math.abs(score - (row[5] ?? 9)) <= 0.01 && classId === row[6];
  const sides = [centerX, centerY, width, height];
  const apart = sides.map((value, at) => Math.abs(value - (row[at] ?? Number.NaN)));
  return near && Math.max(...apart) <= 0.5 && Math.abs(angle - (row[4] ?? 9)) <= 0.02;
}

describe('what Ultralytics 8.4.190 predicts, at confidence 0.05', () => {
  it('are the masks of tiny-seg, to the pixel and as polygons', async () => {
    for (const each of await comparedOf('tiny-seg')) {
      const { width, height, polygons = [], maskArea = [] } = each.reference;
      for (const [{ mask }, index] of pairs(each, isSameBox)) {
        const label = `${each.image}, object ${index}`;
        assert.equal(
          mask?.input?.bits.reduce((sum, bit) => sum + bit, 0),
          maskArea[index],
          label,
        );
        const ours = filledPolygons(mask?.polygons ?? [], { width, height });
        const theirs = filledPolygons([polygons[index] ?? []], { width, height });
        assert.ok(ours.iou(theirs) >= 0.97, `${label}: ${ours.iou(theirs)}`);
      }
    }
  });

  it('are the masks of an end-to-end segment model', async () => {
    for (const each of await comparedOf('zoo-26-seg-end2end')) {
      for (const [{ mask }, index] of pairs(each, isSameBox)) {
        const area = mask?.input?.bits.reduce((sum, bit) => sum + bit, 0);
        assert.equal(area, each.reference.maskArea?.[index], `${each.image}, object ${index}`);
      }
    }
  });

  it('are the keypoints of tiny-pose', async () => {
    for (const each of await comparedOf('tiny-pose')) {
      for (const [{ keypoints = [] }, index] of pairs(each, isSameBox)) {
        const theirs = each.reference.keypoints?.[index] ?? [];
        assert.equal(keypoints.length, theirs.length);
        keypoints.forEach(({ x, y, visibility }, at) => {
          const [theirX = 0, theirY = 0, seen = 0] = theirs[at] ?? [];
          assert.ok(Math.hypot(x - theirX, y - theirY) < 1, `${each.image}, object ${index}`);
          assert.ok(Math.abs(visibility - seen) < 0.01);
        });
      }
    }
  });

  for (const name of ['tiny-obb', 'zoo-26-obb-nms']) {
    it(`are the rotated boxes of ${name}`, async () => {
      const compared = await comparedOf(name);
      assert.ok(compared.length >= 6);
      for (const each of compared) {
        for (const [{ box, rotated }] of pairs(each, isSameRotated)) {
          assert.ok(rotated !== undefined);
          assert.ok(box[0] >= 0 && box[1] >= 0 && box[0] <= box[2] && box[1] <= box[3]);
          assert.ok(box[2] <= each.reference.width && box[3] <= each.reference.height);
        }
      }
    });
  }
});
