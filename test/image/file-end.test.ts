import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../src/image/decode-image.ts';
import { endIsMissing } from '../../src/image/file-end.ts';

function picture(): Sharp {
  const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, i) => (i * i * 7 + i) & 255);
  return sharp(data, { raw: { width: 48, height: 40, channels: 3 } });
}

const kinds = ['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const;
const makers = {
  jpeg: () => picture().jpeg(),
  png: () => picture().png(),
  gif: () => picture().gif(),
  webp: () => picture().webp(),
  avif: () => picture().avif(),
  tiff: () => picture().tiff({ compression: 'lzw' }),
};
const variants: readonly (readonly [string, (typeof kinds)[number], () => Sharp])[] = [
  ['a progressive JPEG', 'jpeg', () => picture().jpeg({ progressive: true })],
  ['a JPEG with a preview in its metadata', 'jpeg', () => picture().withExif({}).jpeg()],
  ['an animation', 'gif', () => picture().gif({ loop: 3 })],
  ['a tiled BigTIFF', 'tiff', () => picture().tiff({ tile: true, bigtiff: true })],
];

describe('the end of an image file', () => {
  for (const kind of kinds) {
    it(`is there in a whole ${kind}, and missing wherever it is cut`, async () => {
      const bytes = await makers[kind]().toBuffer();
      assert.equal(endIsMissing(kind, bytes), false);
      for (const share of [0.3, 0.5, 0.9]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        assert.equal(endIsMissing(kind, cut), true, `${share} of ${bytes.length} bytes`);
      }
    });
  }
  for (const [name, kind, make] of variants) {
    it(`is found in ${name}`, async () => {
      const bytes = await make().toBuffer();
      assert.equal(endIsMissing(kind, bytes), false);
      assert.equal(endIsMissing(kind, bytes.subarray(0, bytes.length / 2)), true);
    });
  }
});

describe('the reason of an image that cannot be decoded', () => {
  const files: Uint8Array[] = [];
  const expected: string[] = [];
  before(async () => {
    const jpeg = await makers.jpeg().toBuffer();
    const png = await makers.png().toBuffer();
    const broken = Buffer.from(png);
    broken.fill(0, broken.length / 2, broken.length / 2 + 40);
    for (let i = 0; i < 40; i++) {
      files.push(i % 2 === 0 ? jpeg.subarray(0, jpeg.length / 2) : broken);
      expected.push(i % 2 === 0 ? 'the file is truncated' : 'damaged image data');
    }
  });

  it('is its own when several fail at once, though libvips keeps the words of all in one place', async () => {
    const results = await Promise.all(files.map((file) => decodeImage(file, { maxPixels: 1e6 })));
    assert.deepEqual(
      results.map((result) => (result.status === 'failed_to_decode' ? result.reason : 'decoded')),
      expected,
    );
  });
});
