import type { HeadOutputs } from '../../model/session/explain-session.ts';
import { type ImageOutputs, withArrays } from '../../model/session/image-outputs.ts';

/** The arrays of one image's answer, for a transfer. */
export function outputArrays({ layers, head }: ImageOutputs): ArrayBufferView[] {
  const arrays: ArrayBufferView[] = layers.flatMap(({ basis, product, projections, energy }) => [
    basis,
    product,
    projections,
    energy,
  ]);
  return [...arrays, ...headArrays(head)];
}

/** A copy whose arrays own their buffers: views of a batch would drag the whole batch along. */
export function ownedOutputs(outputs: ImageOutputs): ImageOutputs {
  return withArrays(outputs, (array) => array.slice() as typeof array);
}

function headArrays(head: HeadOutputs): ArrayBufferView[] {
  if (head.kind === 'nms') return [head.rows];
  if (head.kind === 'classify') return [head.probabilities];
  return [head.boxes, head.scores, head.classIds];
}
