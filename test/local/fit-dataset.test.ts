import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fitDataset } from '../../src/local/fit-dataset.ts';
import { gridMask } from '../../src/maps/grid-mask.ts';
import { mergeBases } from '../../src/model/basis/fit-basis.ts';
import { spanAngle } from '../../src/model/basis/principal-angles.ts';
import type { FittedBasis, LayerBasis } from '../../src/shared/basis/dataset-basis.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tinyModel } from '../support/fleet.ts';
import { rawActivations } from '../support/raw-activations.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const names = readdirSync(photos).sort().slice(0, 6);

function folderOf(files: readonly string[]): string {
  const folder = tempDir();
  for (const file of files) copyFileSync(join(photos, file), join(folder, file));
  return folder;
}

async function fit(images: string, warnings: string[] = []): Promise<FittedBasis> {
  return fitDataset({
    settings: { model: tinyModel, images, device: 'cpu', threads: 1 },
    keep: 4,
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
  it('is that of all content cells in float64, and the same from parts that are merged', async () => {
    const whole = await fit(folderOf(names));
    const parts = [await fit(folderOf(names.slice(3))), await fit(folderOf(names.slice(0, 3)))];
    const merged = mergeBases(parts, 4);
    const expected = await covarianceInFloat64();
    for (const [index, layer] of whole.description.layers.entries()) {
      const other = merged.description.layers[index]!;
      assert.equal(other.cells, layer.cells);
      assert.ok(Math.abs(layer.totalVariance / expected[index]!.total - 1) < 1e-5);
      assert.ok(Math.abs(other.totalVariance / layer.totalVariance - 1) < 1e-6);
      layer.eigenvalues.forEach((value, i) => {
        assert.ok(Math.abs(other.eigenvalues[i]! - value) < 1e-6 * layer.eigenvalues[0]!);
      });
      const first = (basis: FittedBasis) => rowsOf(basis.layers[index]!).slice(0, 1);
      assert.ok(spanAngle(first(whole), first(merged)) < 0.01);
      const [vector] = first(whole);
      const along = quadratic(expected[index]!.matrix, vector!);
      assert.ok(Math.abs(along / layer.eigenvalues[0]! - 1) < 1e-4, `${along}`);
    }
    assert.deepEqual(merged.description.dataset.images, 6);
  });

  it('leaves out a bad image with a warning, and costs none of the others', async () => {
    const folder = folderOf(names.slice(0, 3));
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    const warnings: string[] = [];
    const { description } = await fit(folder, warnings);
    assert.deepEqual([description.dataset.images, description.dataset.failed], [3, 1]);
    assert.ok(
      warnings.some((line) => /^broken\.jpg is left out: /.test(line)),
      warnings.join(),
    );
  });

  it('is refused where no image can be read', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'broken.jpg'), 'no picture');
    await assert.rejects(fit(folder), { code: 'dataset', message: /None of the 1 images/ });
  });
});

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
