import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage } from '../../src/image/decode-image.ts';
import { letterboxGeometry, letterboxInto } from '../../src/image/letterbox.ts';
import type { RgbImage } from '../../src/image/rgb-image.ts';

const goldens = new URL('../../../test/golden/letterbox/', import.meta.url);

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
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    const worst = worstDifference(out, reference);
    assert.ok(worst <= 1, `differs by ${worst} grey levels`);
  });
}

test('a 30000 x 2 strip keeps one row', () => {
  const geometry = letterboxGeometry(30_000, 2, { inputWidth: 640, inputHeight: 640 });
  assert.deepEqual(
    [geometry.newWidth, geometry.newHeight, geometry.left, geometry.top],
    [640, 1, 0, 319],
  );
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
