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
import type { Detection } from '../../../src/shared/run/detection.ts';
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

/** The color of class 0, sky blue; JPEG halves the resolution of color, so a line of 2 pixels is paler. */
function assertSky([red = 0, green = 0, blue = 0]: readonly number[], what: string): void {
  assert.ok(blue > 150 && blue > green + 20 && green > red + 40, `${what}: ${[red, green, blue]}`);
}

test('boxes are lines in the color of their class on dark ones at their place, in original pixels', async () => {
  const plan = planFor(await gray(1920, 960), 1920, 960);
  const detections = [{ box: [1200, 400, 1600, 800], score: 0.9, classId: 0 }] as const;
  const picture = await pixelsOf(await renderOverlay({ ...plan, detections }));
  assert.deepEqual([picture.width, picture.height], [960, 480]);
  assertSky(picture.at(600, 300), 'the left edge');
  assert.ok(Math.max(...picture.at(601, 300)) < 150, 'with a dark line beside it');
  assert.ok(Math.abs((picture.at(700, 300)[0] ?? 0) - 160) < 12, 'the inside is untouched');
  assert.ok(Math.max(...picture.at(650, 196)) < 120, 'the label is a dark chip above');
});

/** A cold map over gray: what differs from 160 was drawn. */
async function drawn(of: Partial<Detection>) {
  const plan = planFor(await gray(400, 400), 400, 400);
  const detections = [{ box: [100, 100, 300, 300], score: 0.9, classId: 0, ...of }] as const;
  const jpeg = await renderOverlay({ ...plan, map: new Float32Array(100), detections });
  return pixelsOf(jpeg);
}

test('a mask is an outline, without a fill that would change the colors of the heat, and has no box', async () => {
  const rle = { size: [400, 400], counts: '' } as const;
  const picture = await drawn({ mask: { polygons: [[200, 100, 300, 300, 100, 300]], rle } });
  assertSky(picture.at(200, 300), 'the lower side');
  assertSky(picture.at(150, 200), 'the slanted side');
  assert.ok(Math.abs((picture.at(200, 220)[0] ?? 0) - 160) < 8, 'the inside is untouched');
  assert.ok(Math.abs((picture.at(110, 160)[0] ?? 0) - 160) < 8, 'outside the mask is untouched');
  const empty = await drawn({ mask: { polygons: [], rle } });
  assertSky(empty.at(100, 200), 'the box of an empty mask');
});

test('where objects crowd, lines are thinner and only the best have labels, so that the heat shows', async () => {
  const plan = planFor(await gray(640, 480), 640, 480);
  const detections = Array.from({ length: 300 }, (_, i) => {
    const [x, y] = [20 * (i % 25), 30 * Math.floor(i / 25)];
    return { box: [x, y, x + 120, y + 90] as const, score: 0.9 - i / 1000, classId: 0 };
  });
  const jpeg = await renderOverlay({ ...plan, map: new Float32Array(100), detections });
  const picture = await pixelsOf(jpeg);
  let untouched = 0;
  for (let y = 0; y < 480; y++) {
    for (let x = 0; x < 640; x++) {
      const pixel = picture.at(x, y);
      if (pixel.every((value) => Math.abs(value - 160) < 16)) untouched += 1;
    }
  }
  assert.ok(untouched > 0.5 * 640 * 480, `${untouched} pixels are left`);
});

test('a rotated box is drawn by its corners', async () => {
  const side = 100 * Math.SQRT2;
  const rotated = { centerX: 200, centerY: 200, width: side, height: side, angle: Math.PI / 4 };
  const picture = await drawn({ rotated });
  assertSky(picture.at(150, 150), 'the upper left side');
  assertSky(picture.at(250, 250), 'the lower right side');
  assert.ok(Math.abs((picture.at(100, 240)[0] ?? 0) - 160) < 8, 'there is no upright box');
});

test('keypoints are white dots, joined by limbs where there are 17 of COCO', async () => {
  const place = (i: number) => ({
    x: (i < 8 ? 120 : 260) + (i % 2) * 20,
    y: (i < 8 ? 120 : 220) + (i % 8) * 20,
    visibility: 1,
  });
  const keypoints = Array.from({ length: 17 }, (_, i) => place(i));
  const coco = await drawn({ keypoints });
  assert.ok(Math.min(...coco.at(140, 220)) > 200, 'the left shoulder');
  // From the left shoulder (5) at 140, 220 to the left hip (11) at 280, 280.
  assertSky(coco.at(220, 254), 'the side of the trunk');
  const hidden = keypoints.map((one, i) => (i === 5 ? { ...one, visibility: 0.2 } : one));
  const without = await drawn({ keypoints: hidden });
  assert.ok(Math.abs((without.at(140, 220)[0] ?? 0) - 160) < 12, 'a hidden one is left out');
  const five = await drawn({ keypoints: keypoints.slice(0, 12) });
  assert.ok(Math.min(...five.at(140, 220)) > 200, 'the same point of another skeleton');
  assert.ok(Math.abs((five.at(220, 254)[0] ?? 0) - 160) < 12, 'has no limbs');
});

test('the legend is above all objects, and labels keep away from it', async () => {
  // The lower right corner: the legend is 18 pixels high, 4 above the lower edge.
  const picture = await drawn({ box: [200, 384, 398, 398] });
  assert.ok(Math.max(...picture.at(389, 388)) < 110, 'the box ends at the legend');
  assert.ok(Math.max(...picture.at(230, 374)) < 120, 'the label is above the box');
  const low = await drawn({ box: [280, 370, 398, 377] });
  assert.ok(Math.max(...low.at(300, 360)) < 120, 'and does not go down to the legend');
});

test('a label stays off an object that is hardly larger than itself', async () => {
  const picture = await drawn({ box: [100, 0, 160, 24] });
  assert.ok(Math.abs((picture.at(130, 12)[0] ?? 0) - 160) < 12, 'its inside is free');
  assert.ok(Math.max(...picture.at(150, 30)) < 120, 'the label is below');
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
  assert.ok(Math.max(...picture.at(14, 12)) < 90, 'the label is in the corner');
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

test('a degenerate map is drawn as stripes over a gray photo with the reason, whatever the colors', async () => {
  const red = { create: { width: 400, height: 300, channels: 3 as const, background: '#c02020' } };
  const photo = await sharp(red).png().toBuffer();
  const plan = { ...planFor(photo, 400, 300), map: new Float32Array(100) };
  for (const colorMap of colorMaps) {
    const degenerateReason = 'all activations are zero';
    const { at } = await pixelsOf(await renderOverlay({ ...plan, colorMap, degenerateReason }));
    const row = Array.from({ length: 64 }, (_, x) => at(x, 20));
    assert.ok(
      row.every(([red = 0, , blue = 0]) => Math.abs(red - blue) < 12),
      `${colorMap}: gray`,
    );
    const lightness = row.map(([red = 0]) => red);
    assert.ok(Math.max(...lightness) - Math.min(...lightness) > 60, `${colorMap}: stripes`);
    const middle = Array.from({ length: 160 }, (_, x) => at(120 + x, 150)[1] ?? 0);
    assert.ok(middle.filter((value) => value < 50).length > 40, `${colorMap}: a dark label`);
  }
});

test('a map that is not the fused one is named beside the legend, cut where there is little room', async () => {
  for (const title of ['class evidence: RBC', `class evidence: ${'x'.repeat(300)}`]) {
    const plan = { ...planFor(await gray(400, 400), 400, 400), map: new Float32Array(100) };
    const plain = await pixelsOf(await renderOverlay(plan));
    const named = await pixelsOf(await renderOverlay({ ...plan, title }));
    // Left of the legend, which is about 120 pixels wide.
    assert.ok(Math.abs((plain.at(262, 392)[0] ?? 0) - 160) < 12);
    assert.ok(Math.max(...named.at(262, 392)) < 110, 'the chip goes on to the left');
    assert.ok(Math.abs((named.at(8, 392)[0] ?? 0) - 160) < 12, 'and stays inside the picture');
  }
});
