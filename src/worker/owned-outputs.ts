import type { HeadOutputs } from '../model/explain-session.ts';
import type { ImageOutputs } from '../model/image-outputs.ts';

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
export function ownedOutputs({ layers, head }: ImageOutputs): ImageOutputs {
  return {
    layers: layers.map((layer) => ({
      basis: layer.basis.slice(),
      product: layer.product.slice(),
      projections: layer.projections.slice(),
      energy: layer.energy.slice(),
      trace: layer.trace,
    })),
    head: ownedHead(head),
  };
}

function headArrays(head: HeadOutputs): ArrayBufferView[] {
  if (head.kind === 'nms') return [head.rows];
  if (head.kind === 'classify') return [head.probabilities];
  return [head.boxes, head.scores, head.classIds];
}

function ownedHead(head: HeadOutputs): HeadOutputs {
  if (head.kind === 'nms') return { ...head, rows: head.rows.slice() };
  if (head.kind === 'classify') return { ...head, probabilities: head.probabilities.slice() };
  const { boxes, scores, classIds } = head;
  return { ...head, boxes: boxes.slice(), scores: scores.slice(), classIds: classIds.slice() };
}
