import { type ActivationSums, fromUpperTriangle, upperTriangle } from './activation-sums.ts';
import { type BasisDescription, basisDescriptionSchema } from './basis-description.ts';
import { decodeSafetensors, encodeSafetensors, type ShapedArray } from './safetensors.ts';

/** What activations of one layer are projected on. */
export interface LayerBasis {
  readonly channels: number;
  /** [C]: mean activation over the fitted images. */
  readonly mean: Float64Array;
  /** [k, C]: orthonormal components, each with its sign. */
  readonly vectors: Float64Array;
}

/** The principal components of a dataset, layer by layer in the order of the description. */
export interface DatasetBasis {
  readonly description: BasisDescription;
  readonly layers: readonly LayerBasis[];
}

/** A layer's sums over two halves of the images: what bases are merged from, and what noise is seen by. */
export type HalfSums = readonly [ActivationSums, ActivationSums];

/** A basis with what it was made from. */
export interface FittedBasis extends DatasetBasis {
  readonly sums: readonly HalfSums[];
}

/** Where the description is among a file's texts. */
const descriptionKey = 'eigenfleet';

export function encodeBasis({ description, layers, sums }: FittedBasis): Uint8Array {
  const arrays = new Map<string, ShapedArray>();
  for (const [index, { name, components, channels }] of description.layers.entries()) {
    const [layer, halves] = [layers[index], sums[index]];
    if (layer === undefined || halves === undefined) throw new RangeError(`no basis of ${name}`);
    arrays.set(`${name}/mean`, { shape: [channels], values: layer.mean });
    arrays.set(`${name}/components`, { shape: [components, channels], values: layer.vectors });
    for (const [half, one] of halves.entries()) {
      for (const [part, array] of sumArrays(one)) arrays.set(`${name}/half${half}/${part}`, array);
    }
  }
  return encodeSafetensors({
    arrays,
    metadata: { format: 'np', [descriptionKey]: JSON.stringify(description) },
  });
}

function sumArrays({ width, images, cells, sum, products }: ActivationSums) {
  const packed = upperTriangle(products, width);
  return [
    ['counts', { shape: [2], values: Float64Array.of(images, cells) }],
    ['sum', { shape: [width], values: sum }],
    ['products', { shape: [packed.length], values: packed }],
  ] as const;
}

/** Reads what `encodeBasis` wrote. Throws `RangeError`, with a phrase, for a file that is none, is damaged, or is of another version. */
export function decodeBasis(bytes: Uint8Array): FittedBasis {
  const { arrays, metadata } = decodeSafetensors(bytes);
  const description = descriptionOf(metadata[descriptionKey]);
  const read = (name: string, shape: readonly number[]): Float64Array => {
    const array = arrays.get(name);
    const { values } = array ?? {};
    if (!(values instanceof Float64Array) || String(array?.shape) !== String(shape)) {
      throw new RangeError(`its array ${name} is missing or of another shape`);
    }
    if (!values.every(Number.isFinite)) throw new RangeError(`its array ${name} is not finite`);
    return values;
  };
  return {
    description,
    layers: description.layers.map(({ name, components, channels }) => ({
      channels,
      mean: read(`${name}/mean`, [channels]),
      vectors: read(`${name}/components`, [components, channels]),
    })),
    sums: description.layers.map(({ name, channels }): HalfSums => {
      const width = channels + 1;
      const half = (index: number): ActivationSums => {
        const of = (part: string, length: number) => read(`${name}/half${index}/${part}`, [length]);
        const [images = 0, cells = 0] = of('counts', 2);
        const products = fromUpperTriangle(of('products', (width * (width + 1)) / 2), width);
        return { width, images, cells, sum: of('sum', width), products };
      };
      return [half(0), half(1)];
    }),
  };
}

function descriptionOf(text: string | undefined): BasisDescription {
  if (text === undefined) throw new RangeError('it holds no basis of eigenfleet');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RangeError('its description is damaged', { cause });
  }
  const { data, error } = basisDescriptionSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  if (issue?.path[0] === 'schema') throw new RangeError('another version of eigenfleet wrote it');
  throw new RangeError(`its description is damaged (${issue?.path.join('.')}: ${issue?.message})`);
}
