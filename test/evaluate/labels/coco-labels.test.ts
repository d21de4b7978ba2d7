import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCoco } from '../../../src/evaluate/labels/coco-labels.ts';
import { labelRegions } from '../../../src/evaluate/labels/label-regions.ts';
import { placeLabels } from '../../../src/evaluate/labels/place-labels.ts';

const categories = [
  { id: 18, name: 'dog' },
  { id: 1, name: 'person' },
];
const images = [
  { id: 5, file_name: 'val/a.jpg', width: 200, height: 100 },
  { id: 6, file_name: 'b.jpg', width: 200, height: 100 },
];
const file = (annotations: readonly object[]) =>
  readCoco({ images, categories, annotations }, 'c.json');
const geometry = {
  ...{ width: 200, height: 100, newWidth: 40, newHeight: 20 },
  ...{ left: 0, top: 10, inputWidth: 40, inputHeight: 40 },
};

describe('a COCO file', () => {
  it('names classes in the order of its category ids, and images by the end of their path or their name', () => {
    const coco = file([{ id: 1, image_id: 5, category_id: 18, bbox: [20, 10, 40, 50] }]);
    assert.deepEqual(coco.classNames, ['person', 'dog']);
    const [label] = coco.imageOf('data/val/a.jpg')?.labels ?? [];
    assert.deepEqual(label, { classId: 1, box: [0.1, 0.1, 0.3, 0.6] });
    assert.equal(coco.imageOf('elsewhere/a.jpg')?.labels.length, 1);
    assert.deepEqual(coco.imageOf('b.jpg')?.labels, []);
    assert.equal(coco.imageOf('c.jpg'), undefined);
  });

  it('has masks as outlines, run lengths and uncompressed counts, which cover the same cells', () => {
    const square = [20, 10, 60, 10, 60, 60, 20, 60];
    // Column-major over 200 x 100 pixels: rows 10 to 59 of columns 20 to 59.
    const counts = [20 * 100 + 10];
    for (let column = 20; column < 60; column++) counts.push(50, column < 59 ? 50 : 0);
    counts[counts.length - 1] = 200 * 100 - 59 * 100 - 60;
    const shapes: readonly unknown[] = [[square], { size: [100, 200], counts }];
    const masks = shapes.map((segmentation) => {
      const coco = file([{ image_id: 5, category_id: 1, bbox: [20, 10, 40, 50], segmentation }]);
      const labels = coco.imageOf('a.jpg')?.labels ?? [];
      const read = { status: 'labeled', labels, remarks: [], where: 'a.jpg' } as const;
      const { objects } = placeLabels(read, geometry, 'mask');
      const [region] = labelRegions(objects, geometry, 'mask');
      const input = region?.mask?.input;
      assert.ok(input);
      const set = input.bits.reduce((sum, bit) => sum + bit, 0);
      return { set, at: input.bits[(12 - input.top) * input.width + 4 - input.left] };
    });
    // 40 x 50 pixels at a fifth of the size.
    assert.deepEqual(masks, [
      { set: 80, at: 1 },
      { set: 80, at: 1 },
    ]);
  });

  it('marks crowds, keeps keypoints, and counts a repeated annotation once', () => {
    const crowd = { image_id: 5, category_id: 1, bbox: [0, 0, 100, 100], iscrowd: 1 };
    const keypoints = [20, 10, 2, 0, 0, 0];
    const person = { image_id: 5, category_id: 1, bbox: [20, 10, 40, 50], keypoints };
    const labels = file([crowd, person, { ...person, id: 9 }]).imageOf('a.jpg')?.labels;
    assert.deepEqual(labels, [
      { classId: 0, box: [0, 0, 0.5, 1], crowd: true },
      { classId: 0, box: [0.1, 0.1, 0.3, 0.6], keypoints: [0.1, 0.1, 2, 0, 0, 0] },
    ]);
  });

  it('says which annotation is wrong, and keeps the others', () => {
    const bad = [
      { id: 1, image_id: 5, category_id: 2, bbox: [0, 0, 1, 1] },
      { id: 2, image_id: 5, category_id: 1, bbox: [0, 0, 0, 1] },
      { id: 3, image_id: 5, category_id: 1, bbox: [0, 0, 'x', 1] },
    ];
    const good = { id: 4, image_id: 5, category_id: 1, bbox: [0, 0, 2, 1] };
    const image = file([...bad, good]).imageOf('a.jpg');
    assert.equal(image?.labels.length, 1);
    assert.deepEqual(
      image?.remarks.map(({ where }) => where),
      ['c.json, annotation 1', 'c.json, annotation 2', 'c.json, annotation 3'],
    );
    assert.throws(() => readCoco([], 'c.json'), /c\.json is not a COCO file/);
  });
});
