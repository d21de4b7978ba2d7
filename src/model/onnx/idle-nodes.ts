import { type Field, fieldsOf, graphFields, textOf } from './onnx-fields.ts';

/** Field numbers of onnx.proto (ONNX 1.20). */
const nodeFields = { input: 1, output: 2, attribute: 5 } as const;
const attributeFields = { graph: 6, graphs: 11 } as const;

interface NodeEnds {
  readonly start: number;
  readonly outputs: readonly string[];
  /** What it reads, in its subgraphs too. */
  readonly inputs: readonly string[];
}

/**
 * Where the nodes of an encoded model begin that none of the `wanted` tensors depends on, directly or by way of others. `graphs` are the model's
 * graph fields: more than one where messages were concatenated. Where several nodes claim to make a tensor, which is for ONNX Runtime to refuse, all
 * of them count. Those that make a `replaced` tensor are idle. Each node and each edge is looked at once.
 */
export function idleNodes(
  bytes: Uint8Array,
  graphs: readonly Field[],
  {
    wanted,
    replaced = [],
  }: { readonly wanted: readonly string[]; readonly replaced?: readonly string[] },
): ReadonlySet<number> {
  const nodes = graphs.flatMap((graph) =>
    [...fieldsOf(bytes, graph.contentStart, graph.end)]
      .filter(({ number }) => number === graphFields.node)
      .map((field) => endsOf(bytes, field)),
  );
  const makers = new Map<string, NodeEnds[]>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      const list = makers.get(output);
      if (list === undefined) makers.set(output, [node]);
      else list.push(node);
    }
  }
  const idle = new Set(nodes.map(({ start }) => start));
  for (const tensor of replaced) makers.delete(tensor);
  const needed = new Set(wanted);
  // A set visits what is added to it while it is walked, each tensor once.
  for (const tensor of needed) {
    for (const maker of makers.get(tensor) ?? []) {
      if (!idle.delete(maker.start)) continue;
      for (const input of maker.inputs) needed.add(input);
    }
  }
  return idle;
}

function endsOf(bytes: Uint8Array, node: Field): NodeEnds {
  const outputs: string[] = [];
  for (const field of fieldsOf(bytes, node.contentStart, node.end)) {
    if (field.number === nodeFields.output) outputs.push(textOf(bytes, field));
  }
  return { start: node.start, outputs, inputs: inputsOf(bytes, node) };
}

type Part = readonly [kind: 'node' | 'attribute' | 'graph', field: Field];

/** Its own inputs, and all that its subgraphs read or hand out: some of it comes from the graph around them. They may be nested to any depth. */
function inputsOf(bytes: Uint8Array, node: Field): string[] {
  const inputs: string[] = [];
  const pending: Part[] = [['node', node]];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const [kind, whole] = part;
    for (const field of fieldsOf(bytes, whole.contentStart, whole.end)) {
      const { number } = field;
      if (kind === 'node' && number === nodeFields.input) inputs.push(textOf(bytes, field));
      else if (kind === 'node' && number === nodeFields.attribute)
        pending.push(['attribute', field]);
      else if (kind === 'attribute') {
        const { graph, graphs } = attributeFields;
        if (number === graph || number === graphs) pending.push(['graph', field]);
      } else if (kind === 'graph') {
        if (number === graphFields.node) pending.push(['node', field]);
        if (number === graphFields.output)
          for (const name of namesIn(bytes, field)) inputs.push(name);
      }
    }
  }
  return inputs;
}

function namesIn(bytes: Uint8Array, valueInfo: Field): string[] {
  const fields = [...fieldsOf(bytes, valueInfo.contentStart, valueInfo.end)];
  return fields.filter(({ number }) => number === 1).map((field) => textOf(bytes, field));
}
