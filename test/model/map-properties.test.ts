import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { letterboxGeometry, letterboxInto } from '../../src/image/input/letterbox.ts';
import { contentMask } from '../../src/maps/content-mask.ts';
import type {
  Component,
  PrincipalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import { principalComponents } from '../../src/model/eigen-cam/principal-components.ts';
import { headOf } from '../../src/model/head/heads.ts';
import { createExplainSession } from '../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../src/model/session/image-outputs.ts';
import { correlation, fixtureModel, openExplainer } from '../support/explainer.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { toyModel } from '../support/toy-model.ts';

const random = seededRandom(13);
const rules = { confThreshold: 0.001, iouThreshold: 0.7, maxDetections: 300 };

/** Soft blobs of color, [height, width, 3]. */
function picture(width: number, height: number) {
  const blobs = Array.from({ length: 12 }, () => Array.from({ length: 6 }, random));
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [(pixel % width) / width, Math.floor(pixel / width) / height];
    for (const [cx = 0, cy = 0, size = 0, ...color] of blobs) {
      const near = Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (0.002 + 0.02 * size));
      color.forEach((value, c) => {
        data[3 * pixel + c] = Math.min(255, data[3 * pixel + c]! + 200 * value * near);
      });
    }
  }
  return { data, width, height };
}

function firstMap(found: PrincipalComponents | undefined): Float32Array {
  assert.equal(found?.status, 'explained');
  const [first] = found.components as Component[];
  assert.equal(first?.status, 'found');
  return first.map;
}

describe('maps and boxes of any image', () => {
  it('do not depend on the place in a batch, nor on the other images in it', async () => {
    const options = { components: [1], imgsz: [96, 96] } as const;
    const explainer = await openExplainer(fixtureModel('tiny-det-dynamic'), options);
    const { model } = explainer;
    const images = Array.from({ length: 3 }, () => {
      const image = picture(96, 96);
      const pixels = new Uint8Array(3 * 96 * 96);
      letterboxInto(image, letterboxGeometry(96, 96, model), pixels, 0);
      return pixels;
    });
    const [a, b, c] = images as [Uint8Array, Uint8Array, Uint8Array];
    const together = (...batch: Uint8Array[]) =>
      explainer.explain(Uint8Array.from(batch.flatMap((one) => [...one])));
    const [alone] = await together(a);
    for (const [batch, at] of [
      [[a, b, c], 0],
      [[c, b, a], 2],
      [[b, a, a], 1],
    ] as const) {
      const answers = await together(...batch);
      answers[at]!.maps.forEach((found, layer) => {
        const expected = firstMap(alone!.maps[layer]);
        assert.ok(1 - Math.abs(correlation(firstMap(found), expected)) < 1e-6);
      });
    }
    await explainer.session.release();
  });

  it('are mirrored where the activations are', async () => {
    const [side, cells] = [8, 64];
    const augmented = toyModel({ gridHeight: side, gridWidth: side, components: 1 });
    const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
    const mask = new Float32Array(cells).fill(1);
    const mapOf = async (pixels: Uint8Array) => {
      const [layer] = imageOutputs(await session.run({ pixels, masks: [mask] }), 0).layers;
      const { width, side: gramSide } = augmented.layers[0]!;
      return firstMap(
        principalComponents({ ...layer!, width, side: gramSide, cells, mask, components: [1] }),
      );
    };
    const mirrored = <Values extends Uint8Array | Float32Array>(values: Values): Values =>
      values.map((_, i) => values[i - (i % side) + side - 1 - (i % side)]!) as Values;
    for (let trial = 0; trial < 5; trial++) {
      const pixels = Uint8Array.from({ length: 3 * cells }, () => random() * 256);
      const there = await mapOf(pixels);
      const back = mirrored(await mapOf(mirrored(pixels)));
      assert.ok(1 - Math.abs(correlation(there, back)) < 1e-6);
    }
    await session.release();
  });

  it('have no heat on padding, and no box beyond the image', async () => {
    const explainer = await openExplainer(fixtureModel('tiny-det'), { components: [1, 2] });
    const { model, layers } = explainer;
    const sizes = [
      [320, 40],
      [40, 320],
      [317, 211],
      [64, 63],
      [7, 320],
      [1, 1],
      [320, 320],
    ] as const;
    for (const [width, height] of sizes) {
      const geometry = letterboxGeometry(width, height, model);
      const pixels = new Uint8Array(3 * model.inputWidth * model.inputHeight);
      letterboxInto(picture(width, height), geometry, pixels, 0);
      const masks = layers.map((layer) => contentMask(geometry, layer.gridWidth, layer.gridHeight));
      const [answer] = await explainer.explain(pixels, masks);
      answer!.maps.forEach((found, layer) => {
        if (found.status !== 'explained') return;
        for (const component of found.components) {
          if (component.status !== 'found') continue;
          assert.ok(component.map.every((value, cell) => masks[layer]![cell] === 1 || value === 0));
          assert.ok(component.map.some((value) => value !== 0));
        }
      });
      const { head } = answer!;
      const { detections } = headOf(head).decode(head, geometry, rules);
      assert.ok(detections.length > 0, `${width} x ${height}: no box to look at`);
      for (const { box } of detections) {
        const [left, top, right, bottom] = box;
        const label = `${width} x ${height}: ${box.join(', ')}`;
        assert.ok(left >= 0 && top >= 0 && right <= width && bottom <= height, label);
        assert.ok(left <= right && top <= bottom, label);
      }
    }
    await explainer.session.release();
  });
});
