import { type ImageOutputs, withArrays } from '../../model/session/image-outputs.ts';

/** The arrays of one image's outputs, for a transfer. */
export function outputArrays(outputs: ImageOutputs): ArrayBufferView[] {
  const { layers, head, evidence, boxMaps } = outputs;
  const arrays: ArrayBufferView[] = layers.flatMap(
    ({ basis, product, projections, energies, energy }) => [
      basis,
      product,
      projections,
      energies,
      energy,
    ],
  );
  const ofEvidence = evidence === undefined ? [] : [evidence.values];
  const ofBoxes = boxMaps?.levels.flatMap(({ products, squares }) => [products, squares]) ?? [];
  const anchors = boxMaps === undefined ? [] : [boxMaps.anchors];
  const rows = boxMaps?.rows === undefined ? [] : [boxMaps.rows];
  return [...arrays, ...Object.values(head.arrays), ...ofEvidence, ...anchors, ...rows, ...ofBoxes];
}

/** A copy whose arrays own their buffers: views of a batch would drag the whole batch along. */
export function ownedOutputs(outputs: ImageOutputs): ImageOutputs {
  return withArrays(outputs, (array) => array.slice() as typeof array);
}
