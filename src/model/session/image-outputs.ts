import type { BoxMapAnswer } from '../box-maps/box-map-plan.ts';
import type { LayerOutputs } from '../eigen-cam/layer-answer.ts';
import type { EvidenceAnswer } from '../evidence/evidence-source.ts';
import type { HeadArray } from '../head/head.ts';
import type { HeadAnswer } from '../head/heads.ts';
import type { ExplainOutputs } from './explain-session.ts';

/** One image of a batch. `trace` is its number, the arrays are views of the batch's. */
export interface ImageOutputs {
  readonly layers: readonly (Omit<LayerOutputs, 'trace'> & { readonly trace: number })[];
  readonly head: HeadAnswer;
  readonly evidence?: EvidenceAnswer | undefined;
  readonly boxMaps?: BoxMapAnswer | undefined;
}

/** The `index`th image of a batch, from 0. Copies nothing. */
export function imageOutputs(outputs: ExplainOutputs, index: number): ImageOutputs {
  const { batch, layers, head, evidence, boxMaps } = outputs;
  const part: ArrayMaker = (all) => {
    const size = all.length / batch;
    return all.subarray(index * size, (index + 1) * size) as typeof all;
  };
  const ofImage = layers.map((layer) => ({ ...layer, trace: layer.trace[index] ?? Number.NaN }));
  return withArrays({ layers: ofImage, head, evidence, boxMaps }, part);
}

/** Maps each array to one of the same kind. */
export type ArrayMaker = <T extends HeadArray>(array: T) => T;

/** The same outputs with every array replaced by the result of `make`. */
export function withArrays(
  { layers, head, evidence, boxMaps }: ImageOutputs,
  make: ArrayMaker,
): ImageOutputs {
  return {
    layers: layers.map(({ basis, product, projections, energies, trace, energy }) => ({
      ...{ basis: make(basis), product: make(product), projections: make(projections) },
      ...{ energies: make(energies), trace, energy: make(energy) },
    })),
    head: headWithArrays(head, make),
    ...(evidence && { evidence: { ...evidence, values: make(evidence.values) } }),
    ...(boxMaps && { boxMaps: boxMapsWithArrays(boxMaps, make) }),
  };
}

function boxMapsWithArrays(
  { anchors, rows, levels }: BoxMapAnswer,
  make: ArrayMaker,
): BoxMapAnswer {
  return {
    anchors: make(anchors),
    ...(rows && { rows: make(rows) }),
    levels: levels.map(({ products, squares, ...level }) => ({
      ...level,
      products: make(products),
      squares: make(squares),
    })),
  };
}

function headWithArrays(head: HeadAnswer, make: ArrayMaker): HeadAnswer {
  const arrays = Object.entries(head.arrays).map(([name, array]) => [name, make(array)]);
  return { ...head, arrays: Object.fromEntries(arrays) };
}
