import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { readSnappyBlock } from '../../../../src/shared/results/encoded/snappy-block.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const random = seededRandom(5);
const noise = Uint8Array.from({ length: 70_000 }, () => 256 * random());

describe('a Snappy block', () => {
  const kinds: Readonly<Record<string, Uint8Array>> = {
    'of noise': noise,
    'of one byte': noise.subarray(0, 1),
    'that repeats itself nearby and far off': Uint8Array.from(
      { length: 70_000 },
      (_, i) => noise[i % 100 < 50 ? i % 7 : i % 3000] as number,
    ),
    'of texts': new TextEncoder().encode('camera/000001.jpg camera/000002.jpg '.repeat(20)),
  };
  for (const [kind, bytes] of Object.entries(kinds)) {
    it(`${kind} comes back`, () => {
      const output = new Uint8Array(bytes.length);
      readSnappyBlock(snappyCompress(bytes), output);
      assert.deepEqual(output, bytes);
    });
  }

  it('that is cut, too long or refers to nothing is refused', () => {
    const block = snappyCompress(noise.subarray(0, 100));
    const faults: [Uint8Array, number][] = [
      [block.subarray(0, 50), 100],
      [block, 99],
      [block, 101],
      [Uint8Array.of(4, 0b1, 1), 4],
      [Uint8Array.of(200), 4],
    ];
    for (const [bytes, length] of faults) {
      assert.throws(() => readSnappyBlock(bytes, new Uint8Array(length)), RangeError);
    }
  });
});
