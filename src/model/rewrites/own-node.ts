import type { NodeProto } from 'onnx-buf';
import { integerAttribute, integersAttribute } from '../graph/operators.ts';

/** Whether a node is ONNX's own operator of that name. */
export function isOwn({ opType, domain }: NodeProto, wanted: string): boolean {
  return opType === wanted && (domain === '' || domain === 'ai.onnx');
}

/** A Conv of single cells, each by itself: no padding, no steps, no groups. `sizes`: those of its weights. */
export function isOfSingleCells(node: NodeProto, sizes: readonly number[]): boolean {
  const [, , ...kernel] = sizes;
  if (!isOwn(node, 'Conv') || kernel.join() !== '1,1') return false;
  const isPlain = ['strides', 'dilations', 'kernel_shape'].every((name) =>
    integersAttribute(node, name).every((value) => value === 1),
  );
  const isWhole = integersAttribute(node, 'pads').every((value) => value === 0);
  return isPlain && isWhole && (integerAttribute(node, 'group') ?? 1) === 1;
}
