import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { outlinesOf } from '../../../src/model/mask/mask-outlines.ts';
import { objectMasks } from '../../../src/model/mask/object-masks.ts';
import { RunLengths, visitRuns } from '../../../src/shared/run/coco-rle.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';

interface Golden {
  readonly name: string;
  readonly rows: readonly string[];
  readonly counts: string;
  readonly outlines: readonly (readonly number[])[];
}
const golden: readonly Golden[] = JSON.parse(
  readFileSync(join(repositoryRoot, 'test/golden/masks/masks.json'), 'utf8'),
);

function bitsOf(rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(''), Number);
}

describe('masks', () => {
  for (const { name, rows, counts, outlines } of golden) {
    const height = rows.length;
    const width = rows[0]?.length ?? 0;

    it(`have the run lengths of pycocotools: ${name}`, () => {
      const runs = new RunLengths({ width, height });
      for (let column = 0; column < width; column++) {
        for (let row = 0; row < height; row++) {
          if (rows[row]?.[column] === '1') runs.add(column, row, row + 1);
        }
      }
      assert.deepEqual(runs.encode(), { size: [height, width], counts });
      const read = new Uint8Array(height * width);
      visitRuns({ size: [height, width], counts }, (start, end) => read.fill(1, start, end));
      const isIn = (position: number) => rows[position % height]?.[Math.floor(position / height)];
      assert.deepEqual(
        read,
        Uint8Array.from({ length: height * width }, (_, at) => Number(isIn(at))),
      );
    });

    it(`have the outlines of OpenCV: ${name}`, () => {
      const found = outlinesOf({ left: 0, top: 0, width, height, bits: bitsOf(rows) });
      const sorted = (all: readonly (readonly number[])[]) => all.map(String).sort();
      assert.deepEqual(sorted(found), sorted(outlines));
    });
  }
});

it('run lengths that do not fit the size are refused', () => {
  for (const counts of ['0P1', '0P2', 'PPPPPPPPP', '\x00', '5O5']) {
    assert.throws(() => visitRuns({ size: [4, 7], counts }, () => {}), RangeError, counts);
  }
});

describe('the mask of a box', () => {
  /** 8 x 4 laid into 16 x 16: twice the size, 4 rows of padding above and below. */
  const geometry = {
    ...{ width: 8, height: 4, newWidth: 16, newHeight: 8, left: 0, top: 4 },
    ...{ inputWidth: 16, inputHeight: 16 },
  };
  /** 4 x 4 cells: the first prototype is 1 in the left half and -1 in the right one, the second 1 all over. */
  const prototypes = Float32Array.from({ length: 32 }, (_, at) => (at < 16 && at % 4 > 1 ? -1 : 1));
  const masksOf = (corners: number[], ...coefficients: number[]) =>
    objectMasks([{ corners, coefficients: Float32Array.from(coefficients) }], prototypes, geometry);

  it('ends where the prototypes change their sign, and at the box', () => {
    const [mask] = masksOf([2, 6, 14, 10], 1, 0);
    // Columns 2 to 7 and rows 6 to 9 of the input, which are columns 1 to 3 and rows 1 and 2 of the image.
    assert.deepEqual(
      mask?.input?.bits.reduce((sum, bit) => sum + bit, 0),
      6 * 4,
    );
    assert.deepEqual(mask?.polygons, [[1, 1, 1, 2.5, 3.5, 2.5, 3.5, 1]]);
    const runs = new RunLengths(geometry);
    for (const column of [1, 2, 3]) runs.add(column, 1, 3);
    assert.deepEqual(mask?.rle, runs.encode());
  });

  it('is absent where nothing is above zero, or the box has no pixel', () => {
    assert.deepEqual(masksOf([2, 6, 14, 10], 0, -1), [undefined]);
    assert.deepEqual(masksOf([2.1, 6, 2.9, 10], 0, 1), [undefined]);
    assert.deepEqual(masksOf([-9, -9, -2, -2], 0, 1), [undefined]);
  });

  it('is cropped to the input for a box far beyond it', () => {
    const [mask] = masksOf([-1e30, -1e30, 1e30, 1e30], 0, 1);
    assert.deepEqual(mask?.rle, { size: [4, 8], counts: '0P1' });
  });
});
