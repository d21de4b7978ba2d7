import type { NodeProto } from 'onnx-buf';

/**
 * Guesses the kind of a module by its operators, in Ultralytics' words: `Conv`, `C2f` (split, bottlenecks, concat; C3k2 of later families looks
 * the same), `C3`, `SPPF`, `Upsample`, `Concat`, `Attention`, else the operator that ends it. A guess for people: nothing depends on it.
 */
export function blockKind(nodes: readonly NodeProto[]): string {
  const operators = new Set(nodes.map((node) => node.opType));
  const convolutions = nodes.filter((node) => node.opType === 'Conv').length;
  if (operators.has('Softmax') && operators.has('MatMul')) return 'Attention';
  if (operators.has('MaxPool') && operators.has('Concat')) return 'SPPF';
  if (operators.has('Resize') || operators.has('Upsample')) return 'Upsample';
  if (operators.has('Split') && operators.has('Concat')) return 'C2f';
  if (convolutions > 1 && operators.has('Concat')) return 'C3';
  if (convolutions === 1) return 'Conv';
  if (convolutions === 0 && operators.has('Concat')) return 'Concat';
  return nodes.at(-1)?.opType ?? 'nothing';
}
