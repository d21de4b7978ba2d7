import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage } from '../../../src/image/decode/decode-image.ts';
import { classifyCropInto, classifyGeometry } from '../../../src/image/input/classify-crop.ts';

const goldens = new URL('../../../../test/golden/classify/', import.meta.url);

interface Case {
  readonly source: string;
  readonly golden: string;
  readonly imgsz: readonly [number, number];
  readonly width: number;
  readonly height: number;
  readonly newWidth: number;
  readonly newHeight: number;
  readonly left: number;
  readonly top: number;
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('cases.json', goldens), 'utf8'));

for (const { source, golden, imgsz, ...expected } of cases) {
  test(`${golden} is resized and cropped as torchvision does with Pillow`, async () => {
    const [inputHeight, inputWidth] = imgsz;
    const decoded = await decodeImage(readFileSync(new URL(source, goldens)), { maxPixels: 1e6 });
    assert.ok(decoded.status === 'success');
    const { image } = decoded;
    const geometry = classifyGeometry(image.width, image.height, { inputWidth, inputHeight });
    assert.deepEqual(geometry, { ...expected, inputWidth, inputHeight });
    const out = new Uint8Array(3 * inputWidth * inputHeight);
    classifyCropInto(image, geometry, out, 0);
    const reference = await sharp(readFileSync(new URL(golden, goldens)))
      .raw()
      .toBuffer();
    let worst = 0;
    reference.forEach((value, i) => {
      const planar = out[(i % 3) * inputWidth * inputHeight + Math.floor(i / 3)]!;
      worst = Math.max(worst, Math.abs(value - planar));
    });
    assert.ok(worst <= 1, `differs by ${worst} gray levels`);
  });
}

test('a 30000 x 2 strip is cropped without making the whole resized strip', () => {
  const image = { data: new Uint8Array(30_000 * 2 * 3).fill(9), width: 30_000, height: 2 };
  const geometry = classifyGeometry(30_000, 2, { inputWidth: 224, inputHeight: 224 });
  assert.equal(geometry.newWidth, 3_360_000);
  const out = new Uint8Array(3 * 224 * 224);
  classifyCropInto(image, geometry, out, 0);
  assert.ok(out.every((value) => value === 9));
});

test('an odd rest is split as Python rounds it', () => {
  // Resized width int(10 * 15 / 10) = 15: (15 - 10) / 2 = 2.5 goes to 2.
  const geometry = classifyGeometry(15, 10, { inputWidth: 10, inputHeight: 10 });
  assert.deepEqual([geometry.left, geometry.top], [-2, 0]);
});

test('a buffer that is too short for the crop is refused', () => {
  const geometry = classifyGeometry(2, 2, { inputWidth: 2, inputHeight: 2 });
  const image = { data: new Uint8Array(12), width: 2, height: 2 };
  const crop = () => classifyCropInto(image, geometry, new Uint8Array(12), 1);
  assert.throws(crop, /expected 12 bytes/);
});
