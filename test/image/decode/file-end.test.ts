import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../../src/image/decode/decode-image.ts';
import { endIsMissing } from '../../../src/image/decode/file-end.ts';

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

type Row = readonly [kind: (typeof kinds)[number], name: string, hex: string];

const png = '89504e47 0d0a1a0a';
const gif = '474946383961 0100 0100';
const [idat, iend] = ['49444154', '49454e44'];

/** Whole by their structure, and made so that every shorter piece is a cut. */
const wholes: readonly Row[] = [
  ['jpeg', 'a fill byte before a marker', 'ffd8 ff ffe0 0004 0000 ffd9'],
  ['jpeg', 'an end marker inside a segment', 'ffd8 ffe1 0004 ffd9 ffd9'],
  ['jpeg', 'restart markers in coded data', 'ffd8 ffda 0002 11 ffd0 22 ffd7 33 ffd9'],
  ['jpeg', 'a stuffed zero in coded data', 'ffd8 ffda 0002 ff00 ffd9'],
  ['jpeg', 'several scans', 'ffd8 ffda 0002 11 ffc4 0003 00 ffda 0002 22 ffd9'],
  ['png', 'a chunk of one byte', `${png} 00000001 ${idat} 2a 00000000 00000000 ${iend}`],
  ['png', 'a chunk of its own kind', `${png} 00000000 7a5a617a 00000000 00000000 ${iend}`],
  ['gif', 'a palette for all images', `${gif} 80 00 00 3b3b3b 3b3b3b 3b`],
  ['gif', 'an image', `${gif} 00 00 00 2c 00000000 01000100 00 07 01 44 02 5555 00 3b`],
  [
    'gif',
    'an image with its own palette',
    `${gif} 00 00 00 2c 00000000 01000100 81 00003b 3b3b3b 3b3b3b 3b3b3b 02 01 44 00 3b`,
  ],
  ['gif', 'an extension', `${gif} 00 00 00 21 f9 04 00000000 00 3b`],
  ['webp', 'exactly the size it tells', '52494646 06000000 57454250 0000'],
  ['avif', 'a box of 8 bytes', '00000008 66726565'],
  ['avif', 'a box with data', '0000000c 66726565 11223344'],
  ['avif', 'a 64-bit size', '00000001 6d646174 0000000000000014 11223344'],
  ['avif', 'a 64-bit size and no data', '00000001 6d646174 0000000000000010'],
  [
    'tiff',
    'one strip, 4-byte values, directory first',
    '49492a00 08000000 0200 1101 0400 01000000 26000000 1701 0400 01000000 04000000 00000000 11223344',
  ],
  [
    'tiff',
    'one tile, 2-byte values, big-endian, directory first',
    '4d4d002a 00000008 0002 0144 0003 00000001 00260000 0145 0003 00000001 00040000 00000000 11223344',
  ],
  [
    'tiff',
    'two strips, in lists after the directory',
    '49492a00 08000000 0200 1101 0400 02000000 26000000 1701 0400 02000000 2e000000 00000000' +
      '36000000 38000000 02000000 02000000 1122 3344',
  ],
  ['tiff', 'a strip of untold size', '49492a00 08000000 0100 1101 0400 01000000 1a000000 00000000'],
  [
    'tiff',
    'tables of a JPEG at its end',
    '49492a00 08000000 0100 5b01 0700 05000000 1a000000 00000000 1122334455',
  ],
  [
    'tiff',
    'a BigTIFF, 8-byte values',
    '49492b00 08000000 1000000000000000 0200000000000000 1101 1000 0100000000000000 4800000000000000' +
      '1701 1000 0100000000000000 0400000000000000 0000000000000000 11223344',
  ],
];

const cuts: readonly Row[] = [
  ['png', 'the longest length that a chunk may have', `${png} 7fffffff ${idat} 2a`],
  ['webp', 'a size that ends before the signature does', '52494646 01000000 574542'],
  ['avif', 'a second box that is cut', '00000008 66726565 00000010 6d646174 11'],
  [
    'tiff',
    'an entry that is not about pixels and points beyond',
    '49492a00 08000000 0100 bc02 0400 09000000 ff000000 00000000',
  ],
  ['tiff', 'a directory beyond the file', '49492a00 ff000000 00000000 00000000'],
];

/** Damaged, or with no end to miss: not called truncated. */
const others: readonly Row[] = [
  ['jpeg', 'bytes between the segments', 'ffd8 1122 3344'],
  ['jpeg', 'bytes between the segments after a scan', 'ffd8 ffda 0002 11 ffc4 0003 00 2233'],
  ['png', 'a length that no chunk may have', `${png} 80000000 ${idat} 2a`],
  ['png', 'a type that does not begin with a letter', `${png} 00000001 40444154 2a`],
  ['png', 'a type that does not end with a letter', `${png} 00000001 4944417b 2a`],
  ['gif', 'an unknown block', `${gif} 00 00 00 99`],
  ['avif', 'a box up to the end of the file', '00000000 6d646174 11'],
  ['avif', 'a size smaller than its own header', '00000007 6d646174 11'],
  ['avif', 'a 64-bit size of nothing', '00000001 6d646174 0000000000000000'],
  [
    'tiff',
    'strips of an unknown type of value',
    '49492a00 08000000 0100 1101 0700 01000000 ff000000 00000000',
  ],
  [
    'tiff',
    'an entry of no known type',
    '49492a00 08000000 0100 bc02 6300 09000000 ff000000 00000000',
  ],
];

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('the end of hand-made bytes', () => {
  for (const [kind, name, hex] of wholes) {
    it(`is there in a whole ${kind} with ${name}, and missing in every shorter piece`, () => {
      const bytes = bytesOf(hex);
      assert.equal(endIsMissing(kind, bytes), false);
      for (let length = 1; length < bytes.length; length++) {
        assert.equal(endIsMissing(kind, bytes.subarray(0, length)), true, `${length} bytes`);
      }
    });
  }
  for (const [kind, name, hex] of cuts) {
    it(`is missing in a ${kind} with ${name}`, () => {
      assert.equal(endIsMissing(kind, bytesOf(hex)), true);
    });
  }
  for (const [kind, name, hex] of others) {
    it(`is not called missing in a ${kind} with ${name}`, () => {
      assert.equal(endIsMissing(kind, bytesOf(hex)), false);
    });
  }
});

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
