import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp from 'sharp';
import { classifyGeometry } from '../../../src/image/input/classify-crop.ts';
import { letterboxGeometry } from '../../../src/image/input/letterbox.ts';
import {
  type OverlayPlan,
  pictureSize,
  renderOverlay,
} from '../../../src/image/overlay/overlay.ts';
import { colorMaps } from '../../../src/shared/run/run-spec.ts';

const goldens = new URL('../../../../test/golden/letterbox/', import.meta.url);
const input = { inputWidth: 320, inputHeight: 320 };

/** Hot in the left half of the input, cold in the right. */
const leftHot = Float32Array.from({ length: 100 }, (_, i) => (i % 10 < 5 ? 1 : 0));

function planFor(bytes: Uint8Array, width: number, height: number): OverlayPlan {
  return {
    bytes,
    maxPixels: 1e7,
    map: leftHot,
    gridWidth: 10,
    gridHeight: 10,
    geometry: letterboxGeometry(width, height, input),
    detections: [],
    classNames: ['RBC'],
    colorMap: 'heat',
  };
}

async function pixelsOf(jpeg: Buffer) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
  return { ...info, at, format: (await sharp(jpeg).metadata()).format };
}

function gray(width: number, height: number): Promise<Buffer> {
  const background = { r: 160, g: 160, b: 160 };
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

test('an overlay is a JPEG of the upright size, red where the map is hot and gray where it is cold', async () => {
  const bytes = readFileSync(new URL('exif6-479x641.jpg', goldens));
  const picture = await pixelsOf(await renderOverlay(planFor(bytes, 641, 479)));
  assert.deepEqual([picture.format, picture.width, picture.height], ['jpeg', 641, 479]);
  const [red = 0, green = 0, blue = 0] = picture.at(100, 240);
  assert.ok(red > 120 && red > green + 60 && red > blue + 60, `${[red, green, blue]}`);
  const cold = picture.at(500, 240);
  assert.ok(Math.max(...cold) - Math.min(...cold) <= 6, `${cold}`);
});

test('a large image shrinks to the longest side, a tiny one is enlarged', () => {
  assert.deepEqual(pictureSize(4000, 3000, 960), { width: 960, height: 720 });
  assert.deepEqual(pictureSize(31, 29, 960), { width: 320, height: 299 });
  assert.deepEqual(pictureSize(641, 479, 960), { width: 641, height: 479 });
  assert.deepEqual(pictureSize(30_000, 2, 960), { width: 960, height: 1 });
  assert.deepEqual(pictureSize(640, 480, 200), { width: 200, height: 150 });
});

test('boxes are white on dark at their place, in original pixels', async () => {
  const plan = planFor(await gray(1920, 960), 1920, 960);
  const detections = [{ box: [1200, 400, 1600, 800], score: 0.9, classId: 0 }] as const;
  const picture = await pixelsOf(await renderOverlay({ ...plan, detections }));
  assert.deepEqual([picture.width, picture.height], [960, 480]);
  assert.ok(Math.min(...picture.at(600, 300)) > 200, 'the left edge is white');
  assert.ok(Math.max(...picture.at(601, 300)) < 130, 'with a dark line beside it');
  assert.ok(Math.abs((picture.at(700, 300)[0] ?? 0) - 160) < 12, 'the inside is untouched');
  assert.ok(Math.max(...picture.at(601, 196)) < 120, 'the label is a dark chip above');
});

test('every color map and a strip one pixel high can be drawn', async () => {
  for (const colorMap of colorMaps) {
    const plan = { ...planFor(await gray(300, 200), 300, 200), colorMap };
    assert.equal((await pixelsOf(await renderOverlay(plan))).width, 320);
  }
  const strip = await pixelsOf(await renderOverlay(planFor(await gray(30_000, 2), 30_000, 2)));
  assert.deepEqual([strip.width, strip.height], [960, 1]);
});

test('a classify overlay colors the crop only and names the best class', async () => {
  const plan = planFor(await gray(600, 300), 600, 300);
  const map = new Float32Array(100).fill(1);
  const geometry = classifyGeometry(600, 300, input);
  const classScores = [{ classId: 0, score: 0.9 }];
  const picture = await pixelsOf(await renderOverlay({ ...plan, map, geometry, classScores }));
  const [red = 0, green = 0] = picture.at(300, 150);
  assert.ok(red > green + 60);
  assert.ok(Math.abs((picture.at(100, 150)[0] ?? 0) - 160) < 6, 'outside the crop is the photo');
  assert.ok(Math.max(...picture.at(10, 10)) < 90, 'the label is in the corner');
});

test('names are data: markup and other scripts are drawn, not interpreted', async () => {
  const plan = planFor(await gray(400, 300), 400, 300);
  const detections = [{ box: [50, 60, 350, 250], score: 0.5, classId: 0 }] as const;
  for (const name of ['</svg><script>', '赤血球', 'x'.repeat(300), '']) {
    const jpeg = await renderOverlay({ ...plan, detections, classNames: [name] });
    assert.equal((await pixelsOf(jpeg)).width, 400);
  }
});

test('a file that cannot be decoded is an error that says why', async () => {
  const plan = planFor(new Uint8Array(0), 10, 10);
  await assert.rejects(renderOverlay(plan), /cannot be decoded a second time: the file is empty/);
});
