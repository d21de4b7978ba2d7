import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalFrom } from '../../../bench/support/random.ts';
import { covarianceOf } from '../../../src/model/basis/covariance.ts';
import { fitLayer } from '../../../src/model/basis/fit-layer.ts';
import { leadingEigenvectors } from '../../../src/model/eigen-cam/leading-eigenvectors.ts';
import {
  type ActivationSums,
  emptySums,
  mergedSums,
  withBatch,
} from '../../../src/shared/basis/activation-sums.ts';
import {
  type BasisImage,
  basisCases,
  sumsOfImage,
  sumsOfImages,
} from '../../support/basis-cases.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const { dataset } = basisCases();

/** Relative to the largest value. */
function assertClose(actual: ArrayLike<number>, expected: readonly number[], error: number): void {
  const scale = Math.max(...expected.map(Math.abs));
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    const apart = Math.abs(actual[i]! - value) / scale;
    assert.ok(apart <= error, `${actual[i]} at ${i} instead of ${value}`);
  });
}

describe('the principal components of a dataset', () => {
  it("are numpy's, with their signs, and padding counts nowhere", () => {
    const { images } = dataset;
    const halves = [sumsOfImages(images.slice(0, 2)), sumsOfImages(images.slice(2))] as const;
    const { layer, basis } = fitLayer('model.15', halves, 6);
    assertClose(layer.eigenvalues, dataset.eigenvalues, 1e-6);
    assertClose(basis.mean, dataset.mean, 1e-6);
    const wanted = dataset.vectors.slice(0, layer.components).flat();
    assertClose(basis.vectors, wanted, 1e-5);
    assertClose(layer.signMargins, dataset.signMargins.slice(0, layer.components), 1e-5);
    assert.equal(layer.cells, 77);
  });

  it('do not depend on the order of images, nor on how shards are merged', () => {
    const all = sumsOfImages(dataset.images);
    const [a, b, c, d, e] = dataset.images.map((image) => sumsOfImages([image]));
    const shards = [d, a, e, c, b].map((one) => one!);
    const inTree = mergedSums(
      mergedSums(shards[0]!, shards[1]!),
      mergedSums(shards[2]!, mergedSums(shards[3]!, shards[4]!)),
    );
    for (const other of [inTree, sumsOfImages([...dataset.images].reverse())]) {
      assert.deepEqual(other.products, all.products);
      assert.deepEqual(other.sum, all.sum);
    }
    // As they are stored, each rounded to float64.
    const [first, ...others] = shards.map(({ rest: _, ...stored }) => stored);
    const { matrix, mean } = covarianceOf(mergedSums(first!, ...others));
    assertClose(matrix, [...covarianceOf(all).matrix], 1e-14);
    assertClose(mean, [...covarianceOf(all).mean], 1e-14);
  });

  it('are refused where the sums do not belong together', () => {
    const sums = sumsOfImages(dataset.images);
    const spoilt: ActivationSums = { ...sums, sum: sums.sum.map((value) => 1.5 * value) };
    assert.throws(() => covarianceOf(spoilt), /negative variance/);
    assert.throws(() => mergedSums(sums, emptySums(3)), RangeError);
  });

  it('are refused where all activations are the same', () => {
    const flat = sumsOfImages([
      {
        values: [
          [2, 2, 2],
          [1, 1, 1],
        ],
        mask: [1, 1, 1],
      },
    ]);
    assert.throws(() => fitLayer('model.15', [flat, flat], 2), /the same in every cell/);
  });
});

describe('the tenth and the twentieth eigenvalue', () => {
  const channels = 24;
  const truth = Array.from({ length: channels }, (_, i) => 10 ** ((-5 * i) / (channels - 1)));
  const images = madeImages(150, 64);

  /** Independent channels with the spectrum 1 to 1e-5, far from zero. */
  function madeImages(count: number, cells: number): BasisImage[] {
    const random = seededRandom(7);
    const normal = () => normalFrom(random);
    return Array.from({ length: count }, () => ({
      values: truth.map((variance, channel) =>
        Array.from({ length: cells }, () =>
          Math.fround(Math.sqrt(variance) * normal() + channel / 4),
        ),
      ),
      mask: new Array(cells).fill(1),
    }));
  }

  function eigenvaluesOf(sums: ActivationSums): number[] {
    const { matrix } = covarianceOf(sums);
    return leadingEigenvectors(matrix, channels, channels).map(({ value }) => value);
  }

  /** All cells at once in float64. */
  const exact = eigenvaluesOf(sumsInFloat64(images.map(({ values }) => values)));

  function sumsInFloat64(all: readonly BasisImage['values'][]): ActivationSums {
    const width = channels + 1;
    const { sum, products } = emptySums(width);
    for (const values of all) {
      values[0]!.forEach((_, cell) => {
        const x = values.map((row) => row[cell]!);
        x.push(Math.hypot(...x));
        for (let i = 0; i < width; i++) {
          sum[i]! += x[i]!;
          for (let j = 0; j < width; j++) products[i * width + j]! += x[i]! * x[j]!;
        }
      });
    }
    return { width, images: all.length, cells: all.length * 64, sum, products };
  }

  it('stand to 1e-6 when images are summed in float32 and the dataset in float64', () => {
    const found = eigenvaluesOf(sumsOfImages(images));
    for (const index of [0, 9, 19]) {
      assert.ok(Math.abs(found[index]! / exact[index]! - 1) < 1e-6, `${index}: ${found[index]}`);
    }
    assert.ok(Math.abs(found[23]! / exact[23]! - 1) < 1e-3);
  });

  it('would not, were the sums of the dataset kept in float32', () => {
    const rounded = images.map(sumsOfImage).reduce(
      (sums, batch) => {
        const next = withBatch(sums, batch);
        const products = Float64Array.from(Float32Array.from(next.products));
        return { ...next, products };
      },
      emptySums(channels + 1),
    );
    const matrix = unchecked(rounded);
    const found = leadingEigenvectors(matrix, channels, channels).map(({ value }) => value);
    assert.ok(Math.abs(found[19]! / exact[19]! - 1) > 1e-4, `${found[19]} for ${exact[19]}`);
  });

  function unchecked({ width, cells, sum, products }: ActivationSums): Float64Array {
    return Float64Array.from({ length: channels * channels }, (_, i) => {
      const [row, column] = [Math.floor(i / channels), i % channels];
      return products[row * width + column]! / cells - (sum[row]! * sum[column]!) / cells ** 2;
    });
  }
});
