import type { GraphProto, NodeProto } from 'onnx-buf';
import { integerConstants } from '../onnx/integer-constants.ts';

/** Operators between an input and what exchanges its channels, that leave these where they are. */
const keeping: readonly string[] = ['Cast', 'Identity', 'Pad', 'Resize', 'Mul', 'Div', 'Sub'];

/**
 * Whether a graph turns the order of its input's three channels around before anything else looks at them: a model of red, green and blue that takes
 * pictures as OpenCV reads them, blue first.
 */
export function exchangesChannels(graph: GraphProto, inputName: string): boolean {
  const constants = integerConstants(graph);
  const images = new Set([inputName]);
  // A set visits what is added to it while it is walked.
  for (const image of images) {
    const readers = graph.node.filter(({ input }) => input[0] === image);
    for (const node of readers) {
      if (turnsAround(node, constants)) return true;
      if (keeping.includes(node.opType)) for (const output of node.output) images.add(output);
    }
  }
  return false;
}

/** `x[:, [2, 1, 0]]` and `x.flip(1)`. */
function turnsAround(node: NodeProto, constants: ReadonlyMap<string, readonly number[]>): boolean {
  const numbers = (at: number) => constants.get(node.input[at] ?? '')?.join();
  if (node.opType === 'Gather') {
    const axis = node.attribute.find(({ name }) => name === 'axis')?.i;
    return axis === 1n && numbers(1) === '2,1,0';
  }
  return node.opType === 'Slice' && numbers(3) === '1' && numbers(4) === '-1';
}
