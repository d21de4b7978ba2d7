import type { GraphProto, NodeProto } from 'onnx-buf';

/** The graphs within a node: the branches of an If, the body of a Loop. */
export function bodiesOf({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g]));
}

/** The node, with what the graphs within it read of the graph around them among its inputs. */
export function withCaptured(node: NodeProto): NodeProto {
  const bodies = bodiesOf(node);
  if (bodies.length === 0) return node;
  const captured = new Set(bodies.flatMap(capturedBy));
  // A message has what it leaves out from its prototype, and a spread would lose that.
  return Object.create(node, { input: { value: [...new Set([...node.input, ...captured])] } });
}

function capturedBy({ node, initializer, input }: GraphProto): string[] {
  const inner = node.map(withCaptured);
  const own = new Set([
    ...[...initializer, ...input].map(({ name }) => name),
    ...inner.flatMap(({ output }) => output),
  ]);
  return inner.flatMap((one) => one.input).filter((name) => name !== '' && !own.has(name));
}
