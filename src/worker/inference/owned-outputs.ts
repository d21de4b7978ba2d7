import { type ImageOutputs, withArrays } from '../../model/session/image-outputs.ts';

/** The arrays of one image's outputs, for a transfer. */
export function outputArrays({ layers, head, evidence }: ImageOutputs): ArrayBufferView[] {
  const arrays: ArrayBufferView[] = layers.flatMap(({ basis, product, projections, energy }) => [
    basis,
    product,
    projections,
    energy,
  ]);
  const ofEvidence = evidence === undefined ? [] : [evidence.values];
  return [...arrays, ...Object.values(head.arrays), ...ofEvidence];
}

/** A copy whose arrays own their buffers: views of a batch would drag the whole batch along. */
export function ownedOutputs(outputs: ImageOutputs): ImageOutputs {
  return withArrays(outputs, (array) => array.slice() as typeof array);
}
