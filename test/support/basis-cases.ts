import { readFileSync } from 'node:fs';
import { fitLayer } from '../../src/model/basis/fit-layer.ts';
import {
  type ActivationSums,
  type BatchSums,
  emptySums,
  withBatch,
} from '../../src/shared/basis/activation-sums.ts';
import type { FittedBasis } from '../../src/shared/basis/dataset-basis.ts';
import { repositoryRoot } from './cache-folder.ts';

export interface BasisImage {
  /** [C][N] */
  readonly values: readonly (readonly number[])[];
  readonly mask: readonly number[];
}

/** `test/golden/basis/make.py` says what is in it. */
export interface BasisCases {
  readonly dataset: {
    readonly images: readonly BasisImage[];
    readonly mean: readonly number[];
    readonly eigenvalues: readonly number[];
    readonly vectors: readonly (readonly number[])[];
    readonly signMargins: readonly number[];
    readonly maps: readonly (readonly number[])[];
    readonly outside: number;
  };
  readonly spans: readonly {
    readonly a: readonly number[][];
    readonly b: readonly number[][];
    readonly degrees: readonly number[];
  }[];
  readonly cka: {
    readonly x: readonly number[][];
    readonly y: readonly number[][];
    readonly value: number;
    readonly turned: readonly number[][];
  };
}

export function basisCases(): BasisCases {
  return JSON.parse(
    readFileSync(new URL('test/golden/basis/cases.json', `file://${repositoryRoot}/`), 'utf8'),
  );
}

/** What the graph hands over for one image, computed here in float64 and rounded to float32 as it would be. */
export function sumsOfImage({ values, mask }: BasisImage): BatchSums {
  const width = values.length + 1;
  const inside = mask.flatMap((one, cell) => (one === 0 ? [] : [cell]));
  const rows = values.map((row) => inside.map((cell) => row[cell]!));
  rows.push(inside.map((_, i) => Math.hypot(...rows.map((row) => row[i]!))));
  const means = Float32Array.from(rows, (row) => row.reduce((sum, x) => sum + x, 0) / row.length);
  const scatter = new Float32Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      scatter[i * width + j] = rows[i]!.reduce(
        (sum, x, at) => sum + (x - means[i]!) * (rows[j]![at]! - means[j]!),
        0,
      );
    }
  }
  return { scatter, means, cells: [inside.length] };
}

export function sumsOfImages(images: readonly BasisImage[]): ActivationSums {
  const width = (images[0]?.values.length ?? 0) + 1;
  return images.map(sumsOfImage).reduce(withBatch, emptySums(width));
}

/** A basis of two components of the case's images. */
export function fittedCase(): FittedBasis {
  const { images } = basisCases().dataset;
  const sums = [sumsOfImages(images.slice(0, 2)), sumsOfImages(images.slice(2))] as const;
  const { layer, basis } = fitLayer('model.15', sums, 6);
  const components = 2;
  const vectors = basis.vectors.slice(0, components * basis.channels);
  return {
    description: {
      schema: 'basis@1',
      model: { name: 'best.onnx', sha256: 'a'.repeat(64), weightsSha256: 'b'.repeat(64) },
      input: { height: 64, width: 64, channels: 3, preparation: 'letterbox' },
      dataset: { name: 'case', images: images.length, failed: 0 },
      layers: [{ ...layer, components, signMargins: layer.signMargins.slice(0, components) }],
    },
    layers: [{ ...basis, vectors }],
    sums: [sums],
  };
}
