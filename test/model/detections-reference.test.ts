import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { topClasses } from '../../src/model/head/classify-head.ts';
import { type HeadAnswer, headOf } from '../../src/model/head/heads.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { fixtureModel, openExplainer, trainedModel } from '../support/explainer.ts';
import { prepareImage } from '../support/prepare-image.ts';
import { repositoryFiles } from '../support/repository-files.ts';

const rules = { confThreshold: 0.25, iouThreshold: 0.7, maxDetections: 300 };
/** How near a score or an overlap may come to its threshold for a box to be there or not. */
const slack = 0.01;

interface Reference {
  readonly boxes: readonly (readonly number[])[];
  readonly probs: readonly number[];
}

function references(name: string): [image: string, Reference][] {
  const path = join(repositoryRoot, 'test/golden/detections', `${name}.json`);
  return Object.entries(JSON.parse(readFileSync(path, 'utf8')));
}

function decode(head: HeadAnswer | undefined, geometry: LetterboxGeometry): readonly Detection[] {
  assert.ok(head?.kind === 'detect' || head?.kind === 'nms');
  return headOf(head).decode(head, geometry, rules).detections;
}

function overlap(a: Xyxy, b: Xyxy): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(width, 0) * Math.max(height, 0);
  const area = (box: Xyxy) => (box[2] - box[0]) * (box[3] - box[1]);
  return shared / (area(a) + area(b) - shared);
}

function isSame(a: Detection, b: Detection): boolean {
  const near = Math.abs(a.score - b.score) <= 0.01;
  return near && a.classId === b.classId && overlap(a.box, b.box) >= 0.98;
}

/** Whether rounding may decide that `box` is there, seen from the boxes of either side. */
function isBorderline(box: Detection, others: readonly Detection[]): boolean {
  if (box.score < rules.confThreshold + slack) return true;
  const rivals = others.filter((other) => other !== box && other.classId === box.classId);
  return rivals.some((r) => Math.abs(overlap(r.box, box.box) - rules.iouThreshold) < slack);
}

function assertSameDetections(
  ours: readonly Detection[],
  theirs: readonly Detection[],
  label: string,
): void {
  const all = [...ours, ...theirs];
  const lone = (from: readonly Detection[], among: readonly Detection[]) =>
    from.filter((box) => !among.some((other) => isSame(box, other)) && !isBorderline(box, all));
  assert.deepEqual(lone(theirs, ours), [], `${label}: missing`);
  assert.deepEqual(lone(ours, theirs), [], `${label}: extra`);
}

describe('detections against Ultralytics 8.4.190', () => {
  const cases = [
    { name: 'bccd-yolov8n', path: trainedModel, images: 24 },
    { name: 'tiny-det', path: fixtureModel('tiny-det'), images: 8 },
    { name: 'tiny-det-fp16', path: fixtureModel('tiny-det-fp16'), images: 8 },
    { name: 'tiny-det-nms', path: fixtureModel('tiny-det-nms'), images: 8 },
    {
      name: 'tiny-det-dynamic',
      path: fixtureModel('tiny-det-dynamic'),
      images: 8,
      imgsz: [256, 320] as const,
    },
  ];
  for (const { name, path, images, ...size } of cases) {
    it(`of ${name} are the same boxes on ${images} images`, async () => {
      const explainer = await openExplainer(path, { components: [1], ...size });
      const golden = references(name);
      assert.equal(golden.length, images);
      for (const [image, { boxes }] of golden) {
        const file = join(repositoryRoot, 'examples/blood-cells/images/test', image);
        const { pixels, geometry } = await prepareImage(file, explainer.model);
        const [answer] = await explainer.explain(pixels);
        const theirs = boxes.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0, classId = -1]) => ({
          box: [x1, y1, x2, y2] as const,
          score,
          classId,
        }));
        assertSameDetections(decode(answer?.head, geometry), theirs, image);
      }
      await explainer.session.release();
    });
  }

  it('of tiny-cls are the same probabilities on 12 crops', async () => {
    const explainer = await openExplainer(fixtureModel('tiny-cls'), { components: [1] });
    const golden = references('tiny-cls');
    assert.equal(golden.length, 12);
    const files = repositoryFiles();
    for (const [image, { probs }] of golden) {
      const file = files.find((path) => path.startsWith('examples/') && path.endsWith(`/${image}`));
      const path = join(repositoryRoot, file ?? assert.fail(`no ${image}`));
      const { pixels } = await prepareImage(path, explainer.model, 'classify');
      const [answer] = await explainer.explain(pixels);
      assert.equal(answer?.head.kind, 'classify');
      const top = topClasses(answer.head.arrays.probabilities);
      assert.equal(top[0]?.classId, probs.indexOf(Math.max(...probs)), image);
      for (const { classId, score } of top) {
        assert.ok(Math.abs(score - (probs[classId] ?? 9)) < 0.02, `${image}: class ${classId}`);
      }
    }
    await explainer.session.release();
  });
});
