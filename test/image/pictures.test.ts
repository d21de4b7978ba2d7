import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeImage, decodeImageNear } from '../../src/image/decode/decode-image.ts';
import { failureClass } from '../../src/shared/run/failure-class.ts';

interface Case {
  readonly file: string;
  readonly pixels?: string;
  readonly refused?: string;
}

const goldens = new URL('../../../test/golden/pictures/', import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, goldens));
const cases: readonly Case[] = JSON.parse(bytesOf('cases.json').toString());
const limits = { maxPixels: 1e6 };

/** Gray levels by which decoders of the same format may differ; all others agree to the bit. */
const tolerances: readonly (readonly [RegExp, number])[] = [
  [/^half-color\.avif$/, 16],
  [/\.avif$/, 1],
  // libheif-js has an older libde265 than pi-heif: edges of blocks differ under strong compression.
  [/^(half-color|grey|grid|alpha|several|ten-bits)\.heic$/, 8],
];

describe('a picture that Ultralytics reads', () => {
  for (const { file, pixels } of cases) {
    if (pixels === undefined) continue;
    it(`has the same pixels from ${file}`, async () => {
      const result = await decodeImage(bytesOf(file), limits);
      assert.ok(result.status === 'success', JSON.stringify(result));
      const reference = await rgbOf(pixels);
      const { width, height } = result.image;
      assert.deepEqual([width, height], [reference.width, reference.height]);
      const worst = worstDifference(result.image.data, reference.data);
      const tolerance = tolerances.find(([pattern]) => pattern.test(file))?.[1] ?? 0;
      assert.ok(worst <= tolerance, `differs by ${worst} gray levels`);
    });
  }
});

describe('a picture that the model would not see as it is', () => {
  for (const { file, refused } of cases) {
    if (refused === undefined) continue;
    it(`is refused as what it is: ${file}, ${refused}`, async () => {
      const result = await decodeImage(bytesOf(file), limits);
      assert.ok(result.status === 'failed_to_decode', 'it was decoded');
      assert.ok(result.reason.includes(refused), result.reason);
      assert.match(result.reason, /: .*convert it to /);
      assert.equal(failureClass(result.status, result.reason), 'unsupported');
      const planSize = () => ({ width: 8, height: 8 });
      assert.deepEqual(await decodeImageNear(bytesOf(file), { ...limits, planSize }), result);
    });
  }
});

describe('a picture of each decoder', () => {
  const files = [
    'rgba.tif',
    'ink.tif',
    'float-255.tif',
    'rgb-16.jp2',
    'full-color.heic',
    '565.bmp',
  ];
  for (const file of files) {
    it(`is shrunk on the fast path: ${file}`, async () => {
      const planSize = (width: number, height: number) => ({
        width: width - 9,
        height: height - 8,
      });
      const near = await decodeImageNear(bytesOf(file), { ...limits, planSize });
      assert.ok(near.status === 'success');
      assert.deepEqual([near.width, near.height], [33, 25]);
      assert.deepEqual([near.image.width, near.image.height], [24, 17]);
      const { pixels = '' } = cases.find((one) => one.file === file) ?? {};
      const reference = await rgbOf(pixels);
      const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
      assert.ok(Math.abs(mean(near.image.data) - mean(reference.data)) < 3);
    });

    it(`is refused by its size before it is decoded: ${file}`, async () => {
      const reason = '33 x 25 = 825 pixels is over the limit of 800';
      const result = await decodeImage(bytesOf(file), { maxPixels: 800 });
      assert.deepEqual(result, { status: 'failed_to_decode', reason });
    });

    it(`is called truncated when it is cut: ${file}`, async () => {
      const bytes = bytesOf(file);
      for (const share of [0.3, 0.6, 0.95]) {
        const result = await decodeImage(bytes.subarray(0, bytes.length * share), limits);
        assert.deepEqual(result, { status: 'failed_to_decode', reason: 'the file is truncated' });
      }
    });
  }

  it('breaks none that comes after a damaged one', async () => {
    for (const file of ['full-color.heic', 'rgb.jp2']) {
      const bytes = bytesOf(file);
      const broken = Buffer.from(bytes);
      broken.fill(0x5a, bytes.length >> 1, bytes.length - 20);
      await decodeImage(broken, limits);
      assert.equal((await decodeImage(bytes, limits)).status, 'success');
    }
  });
});

async function rgbOf(name: string) {
  const { data, info } = await sharp(bytesOf(name))
    .removeAlpha()
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function worstDifference(one: Uint8Array, other: Uint8Array): number {
  assert.equal(one.length, other.length);
  return one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0);
}
