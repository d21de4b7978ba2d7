import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage, decodeImageNear } from '../../../src/image/decode/decode-image.ts';

const goldens = new URL('../../../../test/golden/letterbox/', import.meta.url);
const jpeg = readFileSync(new URL('exact-640x480.jpg', goldens));
const png = readFileSync(new URL('alpha.png', goldens));
const bmp = readFileSync(new URL('plain.bmp', goldens));
const limits = { maxPixels: 1_000_000 };

async function reasonOf(bytes: Uint8Array, maxPixels = limits.maxPixels): Promise<string> {
  const result = await decodeImage(bytes, { maxPixels });
  return result.status === 'failed_to_decode' ? result.reason : assert.fail('it was decoded');
}

function filled(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: 10, g: 20, b: 30 } } });
}

test('an empty file is called empty', async () => {
  assert.equal(await reasonOf(new Uint8Array(0)), 'the file is empty');
});

test('what stands where an image should be is named for what it is', async () => {
  const fits = 'SIMPLE  =                    T / conforms to FITS'.padEnd(2880);
  for (const [text, reason] of [
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n',
      /^a Git LFS pointer, not an image: fetch the image itself with `git lfs pull`$/,
    ],
    ['\ufeff\n<!DOCTYPE html>\n<html><svg></svg></html>', /^an HTML page, not an image: /],
    ['<HTML><HEAD><TITLE>403 Forbidden</TITLE>', /^an HTML page, not an image: /],
    [
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
      /^an XML document, not an image: /,
    ],
    ['<?xml version="1.0"?><svg width="1"/>', /^SVG is not accepted/],
    [fits, /^FITS is not accepted: convert it to JPEG or PNG$/],
  ] as const) {
    assert.match(await reasonOf(Buffer.from(text)), reason);
  }
});

test('text renamed to .jpg is not an image', async () => {
  const text = Buffer.from('Dear annotator, the image is on the other disk.');
  assert.equal(await reasonOf(text), 'not an image, or in a format that is not supported');
});

test('a truncated file of any format is a failure that says so', async () => {
  const tiff = readFileSync(new URL('plain.tiff', goldens));
  for (const bytes of [jpeg.subarray(0, 9000), png.subarray(0, 40_000), tiff.subarray(0, 50_000)]) {
    assert.equal(await reasonOf(bytes), 'the file is truncated');
  }
  assert.equal(await reasonOf(bmp.subarray(0, 20_000)), 'the file is truncated');
  assert.match(await reasonOf(png.subarray(0, 20)), /truncated/);
  assert.match(await reasonOf(jpeg.subarray(0, 100)), /truncated/);
});

test('a header that makes no sense is told apart from a cut', async () => {
  const webp = await filled(16, 8).webp().toBuffer();
  webp.write('none', 12, 'latin1');
  assert.equal(await reasonOf(webp), 'its header is damaged');
  const emptyTiff = Buffer.from('49492a00080000000000000000000000', 'hex');
  assert.equal(
    await reasonOf(emptyTiff),
    'its header is damaged, or it is a variant that is not supported',
  );
});

test('the fast path gives the same reasons', async () => {
  const compressedBmp = Buffer.from(bmp);
  compressedBmp.writeUInt32LE(1, 30);
  for (const [bytes, reason] of [
    [jpeg.subarray(0, 9000), 'the file is truncated'],
    [jpeg.subarray(0, 100), 'the file is truncated'],
    [bmp.subarray(0, 20_000), 'the file is truncated'],
    [compressedBmp, 'compressed BMP is not supported: convert it to PNG'],
    [Buffer.from('%PDF-1.7'), 'PDF is not accepted: convert it to JPEG or PNG'],
  ] as const) {
    const near = await decodeImageNear(bytes, {
      ...limits,
      planSize: () => ({ width: 8, height: 6 }),
    });
    assert.deepEqual(near, { status: 'failed_to_decode', reason });
    assert.equal(await reasonOf(bytes), reason);
  }
});

test('SVG and PDF are refused by their name', async () => {
  const svg = Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>');
  assert.match(await reasonOf(svg), /^SVG is not accepted/);
  assert.match(await reasonOf(Buffer.from('%PDF-1.7 and more')), /^PDF is not accepted/);
});

test('a file with the right signature and nothing sensible behind it has a reason', async () => {
  const noise = (signature: Uint8Array) =>
    Buffer.concat([signature, Uint8Array.from({ length: 500 }, (_, i) => (i * 37) % 251)]);
  for (const bytes of [jpeg, png, bmp]) {
    assert.match(await reasonOf(noise(bytes.subarray(0, 8))), /damaged|truncated|not supported/);
  }
});

test('AVIF is decoded, whatever the main brand of its container', async () => {
  const bytes = await filled(16, 8).avif({ lossless: true }).toBuffer();
  const general = Buffer.from(bytes);
  general.write('mif1', 8, 'latin1');
  for (const file of [bytes, general]) {
    const result = await decodeImage(file, limits);
    assert.ok(result.status === 'success');
    assert.deepEqual([result.image.width, result.image.height], [16, 8]);
  }
});

test('an image over the pixel limit is refused with its size', async () => {
  const reason = '640 x 480 = 307200 pixels is over the limit of 300000';
  assert.equal(await reasonOf(jpeg, 300_000), reason);
  assert.equal(await reasonOf(bmp, 10_000), '120 x 90 = 10800 pixels is over the limit of 10000');
  const near = { maxPixels: 300_000, planSize: () => ({ width: 64, height: 48 }) };
  assert.deepEqual(await decodeImageNear(jpeg, near), { status: 'failed_to_decode', reason });
});

test('an image of exactly the limit is decoded', async () => {
  const result = await decodeImage(jpeg, { maxPixels: 640 * 480 });
  assert.equal(result.status, 'success');
});

test('one pixel and a 30000 x 2 strip are images', async () => {
  for (const [width, height] of [
    [1, 1],
    [30_000, 2],
  ] as const) {
    const result = await decodeImage(await filled(width, height).png().toBuffer(), limits);
    assert.ok(result.status === 'success');
    assert.deepEqual([result.image.width, result.image.height], [width, height]);
    assert.deepEqual([...result.image.data.subarray(-3)], [10, 20, 30]);
  }
});

test('gray with alpha, 16 bits, comes out as three equal channels', async () => {
  const bytes = await sharp(Buffer.from([0, 255, 100, 0]), {
    raw: { width: 2, height: 1, channels: 2 },
  })
    .toColorspace('grey16')
    .png()
    .toBuffer();
  const result = await decodeImage(bytes, limits);
  assert.ok(result.status === 'success');
  assert.deepEqual([...result.image.data], [0, 0, 0, 100, 100, 100]);
});

test('a bitmap with a palette of 4 bits is read from the bottom up', async () => {
  const header = Buffer.alloc(54 + 64 + 8);
  header.write('BM');
  header.writeUInt32LE(54 + 64, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(3, 18);
  header.writeInt32LE(2, 22);
  header.writeUInt16LE(4, 28);
  for (let i = 0; i < 16; i++) header.set([i, i + 100, i + 200, 0], 54 + i * 4);
  header.set([0x12, 0x30, 0, 0, 0x45, 0x60, 0, 0], 54 + 64);
  const result = await decodeImage(header, limits);
  assert.ok(result.status === 'success');
  const blues = [...result.image.data].filter((_, i) => i % 3 === 2);
  assert.deepEqual(blues, [4, 5, 6, 1, 2, 3]);
  assert.deepEqual([...result.image.data.subarray(0, 3)], [204, 104, 4]);
});

test('the fast path gives the planned size, the whole size and nearly the same picture', async () => {
  const bytes = readFileSync(new URL('exif6-479x641.jpg', goldens));
  const sizes: number[][] = [];
  const near = await decodeImageNear(bytes, {
    ...limits,
    planSize(width, height) {
      sizes.push([width, height]);
      return { width: 320, height: 239 };
    },
  });
  assert.ok(near.status === 'success');
  assert.deepEqual(sizes, [[641, 479]]);
  assert.deepEqual([near.width, near.height], [641, 479]);
  assert.deepEqual([near.image.width, near.image.height], [320, 239]);
  const exact = await sharp(readFileSync(new URL('exif6-479x641.letterbox.png', goldens)))
    .extract({ left: 0, top: 40, width: 320, height: 239 })
    .removeAlpha()
    .raw()
    .toBuffer();
  let sum = 0;
  exact.forEach((value, i) => {
    sum += Math.abs(value - near.image.data[i]!);
  });
  assert.ok(sum / exact.length < 8, `mean difference ${sum / exact.length}`);
});

test('a damaged animation that the exact way reads is read by the quick one too', async () => {
  const [width, height, frames] = [120, 96, 4];
  let noise = 7;
  const pixels = Uint8Array.from({ length: width * height * frames * 3 }, (_, i) => {
    noise = (noise * 1103515245 + 12345) & 0x7fffffff;
    return (i % 97) * 2 + ((noise >> 16) % 32);
  });
  const raw = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  const whole = await sharp(pixels, { raw })
    .gif({ delay: [100, 100, 100, 100] })
    .toBuffer();
  const planSize = () => ({ width, height });
  let read = 0;
  // Behind the first frame, which takes a quarter: what is there is not to be looked at. Blocks begin with their length, 255 mostly.
  for (let at = Math.ceil(whole.length / 3); at < whole.length && read < 60; at++) {
    if (whole[at] !== 255) continue;
    const bytes = Uint8Array.from(whole);
    bytes[at] = 251;
    const exact = await decodeImage(bytes, limits);
    const near = await decodeImageNear(bytes, { ...limits, planSize });
    assert.equal(near.status, exact.status, `byte ${at}`);
    if (exact.status === 'success') read += 1;
  }
  assert.ok(read > 20);
});
