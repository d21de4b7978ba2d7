import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fromFloat16, toFloat16 } from '../../../src/shared/results/float16.ts';
import {
  decodeNpy,
  decodeNpyValues,
  encodeNpyFloat16,
  npyHeaderRangeBytes,
  npyRowRange,
  parseNpyHeader,
} from '../../../src/shared/results/npy.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';

const golden = (name: string): Uint8Array =>
  readFileSync(join(repositoryRoot, 'test/golden/npy', name));

describe('toFloat16', () => {
  const cases: readonly (readonly [value: number, bits: number, why: string])[] = [
    [0, 0x0000, 'zero'],
    [-0, 0x8000, 'minus zero'],
    [1, 0x3c00, 'one'],
    [-2, 0xc000, 'minus two'],
    [65504, 0x7bff, 'the largest'],
    [65519.99, 0x7bff, 'just below the tie with infinity'],
    [65520, 0x7c00, 'the tie with infinity'],
    [-1e10, 0xfc00, 'far beyond'],
    [Infinity, 0x7c00, 'infinity'],
    [1 + 2 ** -11, 0x3c00, 'a tie, to even below'],
    [1 + 3 * 2 ** -11, 0x3c02, 'a tie, to even above'],
    [2 - 2 ** -12, 0x4000, 'a carry into the exponent'],
    [2 ** -14, 0x0400, 'the smallest normal'],
    [2 ** -14 - 2 ** -25, 0x0400, 'a subnormal tie that becomes normal'],
    [2 ** -24, 0x0001, 'the smallest subnormal'],
    [2 ** -25, 0x0000, 'half of the smallest, to even'],
    [2 ** -25 + 2 ** -40, 0x0001, 'a little more than half of the smallest'],
    [-(2 ** -149), 0x8000, 'a float32 subnormal'],
  ];
  for (const [value, bits, why] of cases) {
    it(`rounds ${value}: ${why}`, () => {
      assert.equal(toFloat16(Float32Array.of(value))[0], bits);
    });
  }

  it('keeps NaN', () => {
    assert.ok(Number.isNaN(fromFloat16(toFloat16(Float32Array.of(NaN)))[0]));
  });

  it('gives back every finite float16 exactly', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const finite = all.filter((bits) => (bits & 0x7c00) !== 0x7c00);
    assert.deepEqual(toFloat16(fromFloat16(finite)), finite);
  });
});

describe('encodeNpyFloat16', () => {
  it('writes the bytes that NumPy reads and writes, after a header of 128 bytes', () => {
    // Values of every magnitude, rounded by numpy: test/golden/npy/README.md.
    const { shape, values } = decodeNpy(golden('float32.npy'));
    const expected = golden('float16.npy');
    const { dataOffset } = parseNpyHeader(expected);
    const encoded = encodeNpyFloat16(shape, values);
    assert.equal(parseNpyHeader(encoded).dataOffset, 128);
    assert.deepEqual(encoded.subarray(128), new Uint8Array(expected.subarray(dataOffset)));
  });

  for (const shape of [[], [3], [0, 1, 20, 20], [256, 10, 80, 80]]) {
    it(`writes a shape of ${shape.length} axes: [${shape}]`, () => {
      const count = shape.reduce((product, length) => product * length, 1);
      const bytes = encodeNpyFloat16(shape, new Float32Array(count));
      const header = parseNpyHeader(bytes.subarray(0, npyHeaderRangeBytes));
      assert.deepEqual(header, { dtype: '<f2', shape, dataOffset: 128 });
      assert.equal(bytes.length, 128 + count * 2);
    });
  }

  it('refuses another number of values than the shape says', () => {
    assert.throws(() => encodeNpyFloat16([2, 2], new Float32Array(3)), RangeError);
  });
});

describe('npyRowRange', () => {
  it('names the bytes of one image', () => {
    const values = Float32Array.from({ length: 24 }, (_, i) => i);
    const bytes = encodeNpyFloat16([3, 2, 2, 2], values);
    const header = parseNpyHeader(bytes);
    const { start, end } = npyRowRange(header, 1);
    assert.deepEqual(
      [...decodeNpyValues(header, bytes.subarray(start, end))],
      [8, 9, 10, 11, 12, 13, 14, 15],
    );
    assert.equal(npyRowRange(header, 2).end, bytes.length);
  });

  it('refuses a row that is not there', () => {
    const header = parseNpyHeader(encodeNpyFloat16([1, 2], new Float32Array(2)));
    assert.throws(() => npyRowRange(header, 1), /Expected a row in \[0, 1\), received 1/);
  });
});

describe('decodeNpy', () => {
  const whole = encodeNpyFloat16([4], new Float32Array(4));
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['an empty file', new Uint8Array()],
    ['a file that is not an array', new TextEncoder().encode('not an array '.repeat(20))],
    ['a file cut in its header', whole.subarray(0, 60)],
    ['a file cut in its values', whole.subarray(0, whole.length - 1)],
    ['an array of integers', golden('uint8.npy')],
    ['an array in Fortran order', golden('fortran.npy')],
  ];
  for (const [name, bytes] of bad) {
    it(`refuses ${name}`, () => assert.throws(() => decodeNpy(bytes), RangeError));
  }
});
