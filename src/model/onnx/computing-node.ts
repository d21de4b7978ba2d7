import type { GraphProto, NodeProto } from 'onnx-buf';

/** Which node makes each tensor. */
export type Makers = ReadonlyMap<string, NodeProto>;

export function makersOf({ node }: Pick<GraphProto, 'node'>): Makers {
  return new Map(node.flatMap((one) => one.output.map((made) => [made, one] as const)));
}

/**
 * The node that computed what a tensor holds: the first one that is not of the operators that hand on what they read first. `undefined` for what the graph is given, and where nodes go
 * around in a circle.
 */
export function computingNode(
  makers: Makers,
  tensor: string,
  handingOn: readonly string[],
): NodeProto | undefined {
  let maker = makers.get(tensor);
  for (let steps = 0; maker !== undefined && steps < makers.size; steps++) {
    if (!handingOn.includes(maker.opType)) return maker;
    maker = makers.get(maker.input[0] ?? '');
  }
  return undefined;
}
