import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fitDataset } from '../../src/local/fit-dataset.ts';
import { gridMask } from '../../src/maps/grid-mask.ts';
import { mergeBases } from '../../src/model/basis/fit-basis.ts';
import {
  encodeBasis,
  type FittedBasis,
  type LayerBasis,
} from '../../src/shared/basis/dataset-basis.ts';
import type { DatasetPart } from '../../src/shared/basis/dataset-part.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tinyModel } from '../support/fleet.ts';
import { rawActivations } from '../support/raw-activations.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const crops = join(repositoryRoot, 'examples/blood-cells-classify/test');
const names = readdirSync(photos).sort().slice(0, 6);

function folderOf(files: readonly string[]): string {
  const folder = tempDir();
  for (const file of files) copyFileSync(join(photos, file), join(folder, file));
  return folder;
}

interface FitChoice {
  readonly warnings?: string[];
  readonly part?: DatasetPart;
  readonly threads?: number;
  readonly ownsThread?: boolean;
}

async function fit(
  images: string,
  { warnings = [], part, threads = 1, ownsThread = true }: FitChoice = {},
): Promise<FittedBasis> {
  return fitDataset({
    settings: { model: tinyModel, images, device: 'cpu', threads },
    ...{ keep: 4, part, ownsThread },
    note() {},
    warn: (line) => warnings.push(line),
    onProgress() {},
    signal: new AbortController().signal,
  });
}

function rowsOf({ vectors, channels }: LayerBasis): Float64Array[] {
  return Array.from({ length: vectors.length / channels }, (_, row) =>
    vectors.subarray(row * channels, (row + 1) * channels),
  );
}

describe('the basis of a folder', () => {
  it('is that of all content cells in float64', async () => {
    const whole = await fit(folderOf(names));
    const expected = await covarianceInFloat64();
    for (const [index, layer] of whole.description.layers.entries()) {
      assert.ok(Math.abs(layer.totalVariance / expected[index]!.total - 1) < 1e-5);
      const [vector] = rowsOf(whole.layers[index]!);
      const along = quadratic(expected[index]!.matrix, vector!);
      assert.ok(Math.abs(along / layer.eigenvalues[0]! - 1) < 1e-4, `${along}`);
    }
    assert.equal(whole.description.dataset.images, 6);
  });

  it('leaves out a bad image with a warning, and costs none of the others', async () => {
    const folder = folderOf(names.slice(0, 3));
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    const warnings: string[] = [];
    const { description } = await fit(folder, { warnings });
    assert.deepEqual([description.dataset.images, description.dataset.failed], [3, 1]);
    assert.ok(
      warnings.some((line) => /^broken\.jpg is left out: /.test(line)),
      warnings.join(),
    );
  });

  it('is to a rounding the same when parts of it are summed apart, with any threads', async () => {
    const folder = tempDir();
    const files = ['Platelets', 'RBC', 'WBC'].flatMap((name) =>
      readdirSync(join(crops, name)).map((file) => join(crops, name, file)),
    );
    for (let copy = 0; copy < 18; copy++) {
      copyFileSync(files[copy % files.length]!, join(folder, `${copy}.jpg`));
    }
    const whole = await fit(folder, { threads: 2, ownsThread: false });
    const parts: FittedBasis[] = [];
    for (const number of [1, 2]) parts.push(await fit(folder, { part: { number, of: 2 } }));
    // 18 images make shards of 16 and 2.
    assert.deepEqual(
      parts.map(({ description }) => description.dataset.images),
      [16, 2],
    );
    const merged = mergeBases(parts, 4);
    assert.deepEqual(merged.description.dataset, whole.description.dataset);
    for (const [at, expected] of sumsOf(whole).entries()) {
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const far = sumsOf(merged)[at]!.map((value, i) => Math.abs(value - expected[i]!) / largest);
      assert.ok(far.every((one) => one <= 1e-15));
    }
    for (const [index, layer] of merged.description.layers.entries()) {
      const expected = whole.description.layers[index]!;
      layer.eigenvalues.forEach((value, i) => {
        assert.ok(Math.abs(value / expected.eigenvalues[i]! - 1) < 1e-12);
      });
    }
    const again = mergeBases([...parts].reverse(), 4);
    assert.ok(Buffer.from(encodeBasis(again)).equals(encodeBasis(merged)));
  });

  it('is refused where a part holds no image', async () => {
    await assert.rejects(fit(folderOf(names.slice(0, 2)), { part: { number: 2, of: 2 } }), {
      code: 'usage',
      message: /Part 2 of 2 holds no image: 2 images make 1 shards/,
    });
  });

  it('is refused where no image can be read', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    await assert.rejects(fit(folder), { code: 'dataset', message: /None of the 1 images/ });
  });
});

/** Sums and products of the halves of each layer. */
function sumsOf({ sums }: FittedBasis): Float64Array[] {
  return sums.flatMap((halves) => halves.flatMap(({ sum, products }) => [sum, products]));
}

/** Of every target layer, over the content cells of all images. */
async function covarianceInFloat64(): Promise<{ matrix: Float64Array; total: number }[]> {
  const all = await rawActivations(
    tinyModel,
    names.map((name) => join(photos, name)),
  );
  return all.map(({ layer, images }) => {
    const { channels } = layer;
    const cells: number[][] = [];
    for (const { activations, geometry } of images) {
      const mask = gridMask(layer, geometry, 'exclude');
      mask.forEach((one, cell) => {
        if (one === 0) return;
        cells.push(
          Array.from({ length: channels }, (_, c) => activations[c * mask.length + cell]!),
        );
      });
    }
    const mean = Array.from(
      { length: channels },
      (_, c) => cells.reduce((sum, x) => sum + x[c]!, 0) / cells.length,
    );
    const matrix = new Float64Array(channels * channels);
    for (const x of cells) {
      for (let i = 0; i < channels; i++) {
        for (let j = 0; j < channels; j++) {
          matrix[i * channels + j]! += ((x[i]! - mean[i]!) * (x[j]! - mean[j]!)) / cells.length;
        }
      }
    }
    let total = 0;
    for (let c = 0; c < channels; c++) total += matrix[c * (channels + 1)]!;
    return { matrix, total };
  });
}

function quadratic(matrix: Float64Array, vector: Float64Array): number {
  const size = vector.length;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) sum += vector[i]! * matrix[i * size + j]! * vector[j]!;
  }
  return sum;
}
