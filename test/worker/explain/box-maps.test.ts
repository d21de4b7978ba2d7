import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type BoxMapAnswer,
  boxMapPlanOf,
  boxMapsAbsence,
} from '../../../src/model/box-maps/box-map-plan.ts';
import { headOf } from '../../../src/model/head/heads.ts';
import { augmentModel, otherLevels } from '../../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../../src/model/session/image-outputs.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import type { InputSize, LetterboxGeometry } from '../../../src/shared/run/letterbox-geometry.ts';
import { boxMapsOf } from '../../../src/worker/explain/box-maps.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import {
  cellsOf,
  correlation,
  fixtureModel,
  planar,
  trainedModel,
} from '../../support/explainer.ts';
import { readNpz } from '../../support/npz.ts';

const golden = readNpz(join(repositoryRoot, 'test/golden/box-maps/box-maps.npz'));
const camera = readNpz(join(repositoryRoot, 'test/golden/cam/BloodImage_00007.npz'));
const photo = planar(camera.get('pixels_hwc')?.data as Uint8Array);
const rules = { confThreshold: 0.05, iouThreshold: 0.7, maxDetections: 300 };

function geometryOf(inputHeight: number, inputWidth: number): LetterboxGeometry {
  const [width, height] = [inputWidth, inputHeight];
  return {
    ...{ width, height, newWidth: width, newHeight: height, left: 0, top: 0 },
    ...{ inputHeight, inputWidth },
  };
}

/** The photo's upper left part, of a size that a smaller model takes. */
function cropped({ inputHeight, inputWidth }: InputSize): Uint8Array {
  const side = Math.sqrt(photo.length / 3);
  return Uint8Array.from({ length: 3 * inputHeight * inputWidth }, (_, index) => {
    const plane = Math.floor(index / (inputHeight * inputWidth));
    const y = Math.floor(index / inputWidth) % inputHeight;
    return photo[(plane * side + y) * side + (index % inputWidth)] ?? 0;
  });
}

interface Wish {
  readonly boxMaps?: number;
  readonly confThreshold?: number;
  readonly layers?: readonly string[];
}

/** Box maps of every image of a batch, and the anchors of its detections. */
async function boxMapsIn(path: string, pixels: Uint8Array, wish: Wish = {}) {
  const file = join(repositoryRoot, path);
  const loaded = await loadModel(file, { layers: wish.layers });
  const { model, layers } = loaded;
  const options = { ...rules, boxMaps: 4, ...wish };
  const boxMaps = boxMapPlanOf(loaded, options);
  const plan = { layers, components: 1, device: 'cpu', boxMaps } as const;
  const augmented = augmentModel(readFileSync(file), model, plan);
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  try {
    const batch = pixels.length / (3 * model.inputHeight * model.inputWidth);
    const masks = [...layers, ...otherLevels(layers, boxMaps)].map((layer) =>
      new Float32Array(batch * cellsOf(layer)).fill(1),
    );
    const outputs = await session.run({ pixels, masks });
    const geometry = geometryOf(model.inputHeight, model.inputWidth);
    return Array.from({ length: batch }, (_, index) => {
      const { head, boxMaps: answer } = imageOutputs(outputs, index);
      const found = headOf(head).decode(head, geometry, options);
      return { found, maps: boxMapsOf(answer, found, geometry, { input: model, options }) ?? [] };
    });
  } finally {
    await session.release();
  }
}

describe('box maps', () => {
  const models = [...['tiny-det', 'tiny-seg', 'tiny-pose', 'tiny-obb'].map(fixtureModel)];
  for (const path of [...models, trainedModel]) {
    it(`are those of numpy from the activations of ${basename(path)}`, async () => {
      const [image] = await boxMapsIn(path, photo);
      const name = path === trainedModel ? 'trained' : basename(path, '.onnx');
      const anchors = golden.get(`${name}_anchors`)?.data ?? [];
      assert.deepEqual(image?.found.anchors?.slice(0, 4), [...anchors]);
      assert.deepEqual(
        image?.maps.map(({ detection }) => detection),
        [0, 1, 2, 3],
      );
      let start = 0;
      for (const { map, cell } of image?.maps ?? []) {
        const expected = golden.get(`${name}_maps`)?.data.subarray(start, start + map.length) ?? [];
        start += map.length;
        assert.ok(1 - correlation(map, expected) <= 1e-6);
        assert.ok(Math.abs((map[cell] ?? 0) - 1) < 1e-6, 'the features of a box are its own');
      }
    });
  }

  it('are the same whatever layers are mapped', async () => {
    const [expected] = await boxMapsIn(fixtureModel('tiny-det'), photo);
    for (const layers of [['9'], ['15', '4']]) {
      const [image] = await boxMapsIn(fixtureModel('tiny-det'), photo, { layers });
      assert.deepEqual(image?.maps, expected?.maps);
    }
  });

  it('do not depend on the other images of a batch', async () => {
    const turned = Uint8Array.from(photo, (value) => 255 - value);
    const black = new Uint8Array(photo.length);
    const runs = [
      [photo, turned, black, photo],
      [black, photo, photo, turned],
    ];
    const path = fixtureModel('tiny-det-batch4');
    const [first, second] = await Promise.all(
      runs.map((images) => boxMapsIn(path, Uint8Array.from(images.flatMap((one) => [...one])))),
    );
    assert.ok((first?.[0]?.maps.length ?? 0) > 0);
    for (const [here, there] of [
      [0, 1],
      [3, 2],
      [1, 3],
      [2, 0],
    ] as const) {
      assert.deepEqual(first?.[here]?.maps, second?.[there]?.maps);
    }
  });

  it('are as many as there are boxes, and none without', async () => {
    const [few] = await boxMapsIn(trainedModel, photo, { boxMaps: 40, confThreshold: 0.25 });
    assert.equal(few?.maps.length, few?.found.detections.length);
    const [none] = await boxMapsIn(trainedModel, photo, { confThreshold: 1 });
    assert.deepEqual(none?.maps, []);
  });

  it('lie on the levels in the order of the head, which for YOLOv3-tiny begins with the coarse one', () => {
    const level = (name: string, gridHeight: number, gridWidth: number) => ({
      ...{ name, gridHeight, gridWidth },
      products: new Float32Array(2 * gridHeight * gridWidth).fill(0.5),
      squares: new Float32Array(gridHeight * gridWidth).fill(1),
    });
    const answer: BoxMapAnswer = {
      anchors: Int32Array.of(9, 3),
      levels: [level('model.19', 2, 2), level('model.15', 4, 4)],
    };
    const detections = [0.9, 0.8, 0.7].map((score) => {
      return { box: [0, 0, 1, 1], score, classId: 0 } as const;
    });
    const maps = boxMapsOf(
      answer,
      { detections, anchors: [3, 9, 4], classScores: [] },
      geometryOf(32, 32),
      { input: { inputHeight: 32, inputWidth: 32 }, options: { boxMaps: 8 } },
    );
    const places = maps?.map(({ detection, layer, cell }) => [detection, layer, cell]);
    assert.deepEqual(places, [
      [0, 'model.19', 3],
      [1, 'model.15', 5],
    ]);
    assert.deepEqual(maps?.[0]?.map, new Float32Array(4).fill(0.25));
  });

  it('of boxes that the graph has finished are those of the same anchors', async () => {
    const [expected] = await boxMapsIn(fixtureModel('tiny-det'), photo);
    const [image] = await boxMapsIn(fixtureModel('tiny-det-nms'), photo);
    assert.equal(image?.maps.length, 4);
    assert.equal(image?.found.anchors, undefined);
    for (const [index, { map, ...figures }] of (image?.maps ?? []).entries()) {
      const { map: same = [], ...others } = expected?.maps[index] ?? {};
      assert.deepEqual(figures, others);
      assert.ok(1 - correlation(map, same) <= 1e-6);
    }
  });

  for (const name of ['zoo-26-seg-end2end', 'zoo-26-obb-nms']) {
    it(`belong to each of the strongest boxes of ${name}, and begin at a cell within it`, async () => {
      const { model } = await loadModel(join(repositoryRoot, fixtureModel(name)));
      const pixels = cropped(model);
      const [image] = await boxMapsIn(fixtureModel(name), pixels, { confThreshold: 0.01 });
      const boxes = image?.found.detections.length ?? 0;
      assert.ok(boxes > 0);
      assert.equal(
        image?.maps.length,
        Math.min(4, boxes),
        'the score of each row is at one anchor',
      );
      for (const { map, cell, detection, gridHeight, gridWidth } of image?.maps ?? []) {
        assert.ok(Math.abs((map[cell] ?? 0) - 1) < 1e-6);
        const [x1, y1, x2, y2] = image?.found.detections[detection]?.box ?? assert.fail();
        const [cellWidth, cellHeight] = [
          model.inputWidth / gridWidth,
          model.inputHeight / gridHeight,
        ];
        const x = ((cell % gridWidth) + 0.5) * cellWidth;
        const y = (Math.floor(cell / gridWidth) + 0.5) * cellHeight;
        assert.ok(x >= x1 - cellWidth && x <= x2 + cellWidth);
        assert.ok(y >= y1 - cellHeight && y <= y2 + cellHeight);
      }
    });
  }

  it('are left out where the anchor with the score of a row lies outside of its box', () => {
    const level = {
      ...{ name: 'model.15', gridHeight: 4, gridWidth: 4 },
      products: new Float32Array(3 * 16).fill(0.5),
      squares: new Float32Array(16).fill(1),
    };
    const answer = {
      anchors: Int32Array.of(15, 0, -1),
      rows: Int32Array.of(7, 2, 3),
      levels: [level],
    };
    const detections = [
      { box: [0, 0, 6, 6], score: 0.9, classId: 0 },
      { box: [0, 0, 6, 6], score: 0.8, classId: 0 },
      { box: [0, 0, 6, 6], score: 0.7, classId: 0 },
    ] as const;
    const maps = boxMapsOf(
      answer,
      { detections, rows: [7, 2, 3], classScores: [] },
      geometryOf(32, 32),
      { input: { inputHeight: 32, inputWidth: 32 }, options: { boxMaps: 8 } },
    );
    assert.deepEqual(
      maps?.map(({ detection, cell }) => [detection, cell]),
      [[1, 0]],
    );
  });

  it('are absent with a reason where boxes belong to no cells', async () => {
    const reasonOf = async (name: string) =>
      boxMapsAbsence(await loadModel(join(repositoryRoot, fixtureModel(name))));
    assert.equal(await reasonOf('tiny-det'), undefined);
    assert.equal(await reasonOf('tiny-det-nms'), undefined);
    assert.match((await reasonOf('tiny-rtdetr')) ?? '', /belong to no cells/);
    assert.match((await reasonOf('tiny-cls')) ?? '', /finds no boxes/);
  });
});
