import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage } from '../../../src/image/decode/decode-image.ts';
import { letterboxGeometry, letterboxInto } from '../../../src/image/input/letterbox.ts';
import type { RgbImage } from '../../../src/image/rgb-image.ts';

const goldens = new URL('../../../../test/golden/letterbox/', import.meta.url);

interface Case {
  readonly golden: string;
  readonly imgsz: readonly [number, number];
  readonly width: number;
  readonly height: number;
  readonly newWidth: number;
  readonly newHeight: number;
  readonly left: number;
  readonly top: number;
}

const { cases }: { cases: Record<string, Case> } = JSON.parse(
  readFileSync(new URL('cases.json', goldens), 'utf8'),
);

async function decoded(name: string): Promise<RgbImage> {
  const result = await decodeImage(readFileSync(new URL(name, goldens)), { maxPixels: 1e8 });
  assert.equal(result.status, 'success');
  return result.status === 'success' ? result.image : assert.fail();
}

/** Largest difference between a planar picture and an interleaved one. */
function worstDifference(planar: Uint8Array, interleaved: Uint8Array): number {
  const plane = planar.length / 3;
  let worst = 0;
  interleaved.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - planar[(i % 3) * plane + Math.floor(i / 3)]!));
  });
  return worst;
}

test('there are 27 letterbox cases', () => {
  assert.equal(Object.keys(cases).length, 27);
});

for (const [name, { golden, imgsz, ...expected }] of Object.entries(cases)) {
  test(`${name} is decoded and letterboxed as cv2 and Ultralytics do`, async () => {
    const [inputHeight, inputWidth] = imgsz;
    const image = await decoded(name);
    const geometry = letterboxGeometry(image.width, image.height, { inputWidth, inputHeight });
    assert.deepEqual(geometry, { ...expected, inputWidth, inputHeight });
    const out = new Uint8Array(3 * inputWidth * inputHeight);
    letterboxInto(image, geometry, out, 0);
    const reference = await sharp(readFileSync(new URL(golden, goldens)))
      .removeAlpha()
      .toColorspace('srgb')
      .raw()
      .toBuffer();
    const worst = worstDifference(out, reference);
    assert.equal(worst, 0, `differs by ${worst} gray levels`);
  });
}

test('a 30000 x 2 strip keeps one row', () => {
  const geometry = letterboxGeometry(30_000, 2, { inputWidth: 640, inputHeight: 640 });
  assert.deepEqual(
    [geometry.newWidth, geometry.newHeight, geometry.left, geometry.top],
    [640, 1, 0, 319],
  );
});

test('odd scales take the middle pixel of each block, which is what no weight beside it means', () => {
  const data = Uint8Array.from({ length: 54 }, (_, i) => i);
  const geometry = letterboxGeometry(6, 3, { inputWidth: 2, inputHeight: 1 });
  const out = new Uint8Array(6);
  letterboxInto({ data, width: 6, height: 3 }, geometry, out, 0);
  assert.deepEqual([...out], [21, 30, 22, 31, 23, 32]);
});

test('an odd scale of one axis alone mixes the rows or the columns of the other', () => {
  // Columns 3:1, rows 3:2: the middle column, and rows at 0.25 and 1.75.
  const data = Uint8Array.from({ length: 3 * 3 * 3 }, (_, i) => 8 * i);
  const out = new Uint8Array(6);
  const geometry = { width: 3, height: 3, newWidth: 1, newHeight: 2, left: 0, top: 0 };
  const input = { inputWidth: 1, inputHeight: 2 };
  letterboxInto({ data, width: 3, height: 3 }, { ...geometry, ...input }, out, 0);
  const rowStep = 8 * 9;
  const red = [24 + 0.25 * rowStep, 24 + 1.75 * rowStep];
  assert.deepEqual([...out], [...red, ...red.map((r) => r + 8), ...red.map((r) => r + 16)]);
});

test('an image is written at its offset and nowhere else, padding included', () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  const geometry = letterboxGeometry(2, 2, { inputWidth: 2, inputHeight: 4 });
  const out = new Uint8Array(3 * 8 + 4).fill(7);
  letterboxInto({ data, width: 2, height: 2 }, geometry, out, 2);
  const plane = (c: number) => [114, 114, c, c + 3, c + 6, c + 9, 114, 114];
  assert.deepEqual([...out], [7, 7, ...plane(0), ...plane(1), ...plane(2), 7, 7]);
});

test('a buffer that is too short is refused', () => {
  const geometry = letterboxGeometry(2, 2, { inputWidth: 2, inputHeight: 2 });
  const image = { data: new Uint8Array(12), width: 2, height: 2 };
  assert.throws(() => letterboxInto(image, geometry, new Uint8Array(12), 1), /expected 12 bytes/);
});

test('pads to a multiple of the stride only where that is said, as LetterBox with auto=True', () => {
  const whole = { inputWidth: 320, inputHeight: 320 };
  const sides = (width: number, height: number, rectStride: number, input = whole) => {
    const { inputHeight, inputWidth, top, left, newHeight, newWidth } = letterboxGeometry(
      width,
      height,
      { ...input, rectStride },
    );
    return [inputHeight, inputWidth, newHeight, newWidth, top, left];
  };
  assert.deepEqual(sides(640, 480, 32), [256, 320, 240, 320, 8, 0]);
  assert.deepEqual(sides(480, 640, 32), [320, 256, 320, 240, 0, 8]);
  assert.deepEqual(sides(500, 333, 32), [224, 320, 213, 320, 5, 0]);
  assert.deepEqual(sides(320, 320, 64), [320, 320, 320, 320, 0, 0]);
  assert.deepEqual(sides(900, 2, 32), [32, 320, 1, 320, 15, 0]);
  assert.deepEqual(sides(640, 480, 64), [256, 320, 240, 320, 8, 0]);
  assert.deepEqual(
    sides(640, 480, 32, { inputWidth: 320, inputHeight: 256 }),
    [256, 320, 240, 320, 8, 0],
  );
});
