import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import sharp from 'sharp';
import { declaredPixels } from '../../../src/image/decode/declared-pixels.ts';
import { decodeImage } from '../../../src/image/decode/decode-image.ts';

const goldens = ['pictures', 'letterbox'].map((name) => {
  return new URL(`../../../../test/golden/${name}/`, import.meta.url);
});
const isPicture = /\.(tiff?|jpe?g|jp2|heic|avif|mpo|dng|bmp|png|webp|gif)$/;

it('the pixels that a file declares are those that it has', async () => {
  for (const folder of goldens) {
    for (const name of readdirSync(folder).filter((file) => isPicture.test(file))) {
      const bytes = readFileSync(new URL(name, folder));
      const result = await decodeImage(bytes, { maxPixels: 1e8 });
      if (result.status !== 'success') continue;
      const { width, height } = result.image;
      // HEVC codes whole blocks: the property may be that of a part that is cut to size.
      const most = /heic$/.test(name) ? Math.max(width * height, 150 * 150) : width * height;
      const declared = declaredPixels(bytes);
      assert.ok(declared >= width * height && declared <= most, `${name}: ${declared}`);
    }
  }
});

it('every kind of WebP declares its pixels', async () => {
  const image = sharp({ create: { width: 301, height: 17, channels: 4, background: '#12345678' } });
  const opaque = image.clone().removeAlpha();
  const lossless = await image.clone().webp({ lossless: true }).toBuffer();
  const files = [await opaque.webp().toBuffer(), lossless, await image.webp().toBuffer()];
  assert.deepEqual(files.map(declaredPixels), [301 * 17, 301 * 17, 301 * 17]);
});

it('a header that makes no sense declares nothing', () => {
  for (const text of ['', 'no image', 'BM', 'II*\0', '\x89PNG\r\n\x1a\n', 'GIF89a']) {
    assert.equal(declaredPixels(Buffer.from(text, 'latin1')), 0, text);
  }
});
