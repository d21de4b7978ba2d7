import { type ActivationSums, mergedSums } from '../../shared/basis/activation-sums.ts';
import type { BasisDescription } from '../../shared/basis/basis-description.ts';
import type { FittedBasis, HalfSums } from '../../shared/basis/dataset-basis.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { type FittedLayer, fitLayer } from './fit-layer.ts';
import { mergedParts } from './merged-parts.ts';

export interface BasisRequest {
  readonly model: BasisDescription['model'];
  readonly input: BasisDescription['input'];
  readonly dataset: BasisDescription['dataset'];
  /** Names of the layers, in the order of `sums`. */
  readonly layers: readonly string[];
  readonly sums: readonly HalfSums[];
  /** Components of a layer; groups are kept whole. */
  readonly keep: number;
}

/**
 * The basis of a dataset, from its sums.
 *
 * @throws EigenfleetError `dataset` for a layer whose activations have no directions.
 */
export function fitBasis(request: BasisRequest): FittedBasis {
  const { model, input, dataset, layers, sums, keep } = request;
  const fitted = layers.map((name, index): FittedLayer => {
    const halves = sums[index];
    if (halves === undefined) throw new RangeError(`no sums of ${name}`);
    try {
      return fitLayer(name, halves, keep);
    } catch (cause) {
      throw new EigenfleetError(
        'dataset',
        `Layer ${name} has no basis over these images: ${messageOf(cause)}. Choose other layers, or other images.`,
        { cause },
      );
    }
  });
  return {
    description: {
      ...{ schema: 'basis@1', model, input, dataset },
      layers: fitted.map(({ layer }) => layer),
    },
    layers: fitted.map(({ basis }) => basis),
    sums,
  };
}

/**
 * One basis of the images of several, whose sums are added; in any order.
 *
 * @throws EigenfleetError `usage` for bases of different models, layers or inputs, and for parts of a dataset that share images.
 */
export function mergeBases(bases: readonly FittedBasis[], keep: number): FittedBasis {
  const [first, ...others] = bases;
  if (first === undefined) throw new RangeError('no basis to merge');
  for (const other of others) assertAlike(first.description, other.description);
  const { model, input, dataset, layers } = first.description;
  const parts = mergedParts(bases.map(({ description }) => description.dataset));
  const count = (of: (one: BasisDescription['dataset']) => number) =>
    bases.reduce((sum, { description }) => sum + of(description.dataset), 0);
  return fitBasis({
    ...{ model, input, keep },
    dataset: {
      name: [...new Set(bases.map(({ description }) => description.dataset.name))]
        .sort()
        .join(', '),
      images: count(({ images }) => images),
      failed: count(({ failed }) => failed),
      ...(parts.length > 0 && { parts: [...parts] }),
    },
    layers: layers.map(({ name }) => name),
    sums: layers.map((_, index) => sumsOfAll(bases, index, dataset.name)),
  });
}

function sumsOfAll(bases: readonly FittedBasis[], index: number, name: string): HalfSums {
  const all = bases.map(({ sums }) => {
    const halves = sums[index];
    if (halves === undefined) throw new RangeError(`no sums of ${name}`);
    return halves;
  });
  return [mergedHalf(all, 0), mergedHalf(all, 1)];
}

function mergedHalf(all: readonly HalfSums[], half: 0 | 1): ActivationSums {
  const [first, ...others] = all.map((halves) => halves[half]);
  if (first === undefined) throw new RangeError('no sums to merge');
  return mergedSums(first, ...others);
}

function assertAlike(a: BasisDescription, b: BasisDescription): void {
  const shapes = ({ layers }: BasisDescription) => layers.map((one) => [one.name, one.channels]);
  const what =
    a.model.weightsSha256 !== b.model.weightsSha256
      ? 'models with other weights'
      : JSON.stringify(shapes(a)) !== JSON.stringify(shapes(b))
        ? 'other layers'
        : JSON.stringify(a.input) !== JSON.stringify(b.input)
          ? 'other inputs'
          : undefined;
  if (what === undefined) return;
  throw new EigenfleetError(
    'usage',
    `These bases are of ${what}, so their activations cannot be added up: fit them with the same model, --layers and preprocessing.`,
  );
}
