import type { ExplainOutputs, HeadOutputs, LayerOutputs } from './explain-session.ts';

/** One image of a batch. `trace` is its number, the arrays are views of the batch's. */
export interface ImageOutputs {
  readonly layers: readonly (Omit<LayerOutputs, 'trace'> & { readonly trace: number })[];
  readonly head: HeadOutputs;
}

/** The `index`th image of a batch, from 0. Copies nothing. */
export function imageOutputs({ batch, layers, head }: ExplainOutputs, index: number): ImageOutputs {
  const part = <T extends Float32Array | Int32Array>(all: T): T => {
    const size = all.length / batch;
    return all.subarray(index * size, (index + 1) * size) as T;
  };
  return {
    layers: layers.map((layer) => layerPart(layer, index, part)),
    head: headPart(head, part),
  };
}

type Part = <T extends Float32Array | Int32Array>(all: T) => T;

function layerPart(layer: LayerOutputs, index: number, part: Part): ImageOutputs['layers'][number] {
  return {
    basis: part(layer.basis),
    product: part(layer.product),
    projections: part(layer.projections),
    trace: layer.trace[index] ?? Number.NaN,
    energy: part(layer.energy),
  };
}

function headPart(head: HeadOutputs, part: Part): HeadOutputs {
  if (head.kind === 'nms') return { ...head, rows: part(head.rows) };
  if (head.kind === 'classify') return { ...head, probabilities: part(head.probabilities) };
  const { boxes, scores, classIds } = head;
  return { ...head, boxes: part(boxes), scores: part(scores), classIds: part(classIds) };
}
