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

/** New nodes that make tensors in place of the file's own. */
export interface Replacement {
  /** The file's own nodes for them are idle. */
  readonly made: readonly string[];
  /** Tensors of the file that the new nodes read, if any that they make is needed. */
  readonly read: readonly string[];
}

export interface Reach {
  /** Where the nodes begin that nothing depends on. */
  readonly idle: ReadonlySet<number>;
  /** All tensors that something depends on. */
  readonly needed: ReadonlySet<string>;
}

/**
 * What of an encoded model the `wanted` tensors depend on, directly or by way of others. `graphs` are the model's graph fields: more than one where messages were concatenated. Where several
 * nodes claim to make a tensor, which is for ONNX Runtime to refuse, all of them count. Each node and each edge is looked at once.
 */
export function reachOf(
  bytes: Uint8Array,
  graphs: readonly Field[],
  {
    wanted,
    replaced = [],
  }: { readonly wanted: readonly string[]; readonly replaced?: readonly Replacement[] },
): Reach {
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
  const news = new Map(replaced.flatMap(({ made, read }) => made.map((name) => [name, read])));
  const idle = new Set(nodes.map(({ start }) => start));
  const needed = new Set(wanted);
  // A set visits what is added to it while it is walked, each tensor once.
  for (const tensor of needed) {
    const read = news.get(tensor);
    if (read !== undefined) {
      for (const input of read) needed.add(input);
      continue;
    }
    for (const maker of makers.get(tensor) ?? []) {
      if (!idle.delete(maker.start)) continue;
      for (const input of maker.inputs) needed.add(input);
    }
  }
  return { idle, needed };
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
