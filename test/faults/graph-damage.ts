import { clone, create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { Seeded } from './seeded.ts';

/** Changes a model in place. Throws when there is nothing in it that it could change. */
export type ModelDamage = (model: ModelProto, random: Seeded) => void;

/** Damage to the nodes of a graph, and to how they hang together. */
export const graphDamages: Readonly<Record<string, ModelDamage>> = {
  'rename-tensor': (model, random) => {
    const node = random.pick(nodesOf(model).filter(({ output }) => Boolean(output[0])));
    const other = random.pick(nodesOf(model)).output[0] ?? '';
    const names = ['', 'images', 'output0', 'x'.repeat(100_000), '\u001b[31mred'];
    node.output[0] = random.pick([...names, '../../etc/passwd', `${node.output[0]}\0`, other]);
  },
  'rename-nodes': (model, random) => {
    for (const node of nodesOf(model)) {
      const moved = node.name.replaceAll('/model.', '/model.9');
      node.name = random.pick(['', node.name, moved, '/model.0/a', '\u001b]0;t\u0007']);
    }
  },
  cycle: (model, random) => {
    const nodes = nodesOf(model);
    const [a = 0, b = 0] = random.sample([...nodes.keys()], 2).sort((x, y) => x - y);
    at(nodes, a).input[0] = at(nodes, b).output[0] ?? '';
  },
  'self-loop': (model, random) => {
    const node = random.pick(nodesOf(model).filter(({ input }) => input.length > 0));
    node.input[0] = node.output[0] ?? '';
  },
  shuffle: (model, random) => {
    const graph = graphOf(model);
    graph.node = random.shuffle(graph.node);
  },
  'drop-node': (model, random) => void nodesOf(model).splice(random.int(nodesOf(model).length), 1),
  'double-node': (model, random) => {
    nodesOf(model).push(clone(NodeProtoSchema, random.pick(nodesOf(model))));
  },
  operator: (model, random) => {
    const flows = ['Loop', 'If', 'Scan'];
    const plain = ['Conv', 'Identity', 'Softmax', 'Reshape'];
    random.pick(nodesOf(model)).opType = random.pick([
      ...['Nope', '', 'x'.repeat(10_000)],
      ...flows,
      ...plain,
    ]);
  },
  domain: (model, random) => {
    const domains = ['com.microsoft', 'evil.example', 'ai.onnx.ml'];
    random.pick(nodesOf(model)).domain = random.pick(domains);
  },
  attribute: (model, random) => {
    const node = random.pick(nodesOf(model).filter(({ attribute }) => attribute.length > 0));
    const attribute = random.pick(node.attribute);
    const odd = random.pick([0n, -1n, 2n ** 31n, 2n ** 62n]);
    if (attribute.ints.length > 0) attribute.ints[0] = odd;
    else if (attribute.i !== 0n) attribute.i = odd;
    else attribute.type = random.pick<number>([0, 1, 2, 5, 99]);
  },
  'no-graph': (model) => {
    model.graph = create(GraphProtoSchema);
  },
  subgraph: (model, random) => {
    const condition = random.pick(nodesOf(model)).output[0] ?? '';
    nodesOf(model).splice(
      random.int(nodesOf(model).length),
      0,
      branch(condition, 'if_out', innermost()),
    );
  },
  'deep-subgraph': (model, random) => {
    let body = innermost();
    for (let depth = random.pick([8, 24]); depth > 0; depth -= 1) {
      body = create(GraphProtoSchema, {
        name: 'b',
        output: [named('w')],
        node: [branch('c', 'w', body)],
      });
    }
    nodesOf(model).push(branch('c', 'deep', body));
  },
  chain: (model, random) => {
    const last = at(nodesOf(model), nodesOf(model).length - 1);
    const name = last.output[0] ?? '';
    const count = random.pick([2000, 50_000]);
    last.output[0] = `${name}_c`;
    let input = `${name}_c`;
    for (let n = 0; n < count; n++) {
      const output = n === count - 1 ? name : `c${n}`;
      nodesOf(model).push(nodeOf('Identity', `/model.${n % 30}/c${n}`, [input], [output]));
      input = output;
    }
  },
  wide: (model) => {
    const input = at(nodesOf(model), 0).output[0] ?? '';
    for (let n = 0; n < 50_000; n++) {
      nodesOf(model).push(nodeOf('Relu', `/model.${n}/r`, [input], [`wide${n}`]));
    }
  },
  function: (model) => {
    const call = nodeOf('F', '', ['a'], ['b'], 'x');
    const opsetImport = [
      { domain: '', version: 18n },
      { domain: 'x', version: 1n },
    ];
    model.functions.push(
      create(FunctionProtoSchema, {
        ...{ name: 'F', domain: 'x', node: [call], input: ['a'], output: ['b'], opsetImport },
      }),
    );
    const input = at(nodesOf(model), 0).output[0] ?? '';
    nodesOf(model).push(nodeOf('F', '', [input], ['ff'], 'x'));
  },
  'constant-bomb': (model) => {
    const graph = graphOf(model);
    const dataType = TensorProto_DataType.INT64;
    const int64Data = [1n, 2n ** 15n, 2n ** 15n, 64n];
    const shape = create(TensorProtoSchema, {
      name: 'bomb_shape',
      dims: [4n],
      dataType,
      int64Data,
    });
    graph.initializer.push(shape);
    graph.node.unshift(nodeOf('ConstantOfShape', '', ['bomb_shape'], ['bomb']));
    graph.output.push(named('bomb'));
  },
};

export function graphOf({ graph }: ModelProto): GraphProto {
  if (graph === undefined) throw new Error('The model has no graph.');
  return graph;
}

export function nodesOf(model: ModelProto): NodeProto[] {
  return graphOf(model).node;
}

export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}

function nodeOf(
  opType: string,
  name: string,
  input: string[],
  output: string[],
  domain = '',
): NodeProto {
  return create(NodeProtoSchema, { opType, name, input, output, domain });
}

/** A float tensor of unknown shape. */
function named(name: string): ValueInfoProto {
  const elemType = TensorProto_DataType.FLOAT;
  const type = { value: { case: 'tensorType' as const, value: { elemType } } };
  return create(ValueInfoProtoSchema, { name, type });
}

function innermost(): GraphProto {
  const node = [nodeOf('Identity', '', ['q'], ['w'])];
  return create(GraphProtoSchema, { name: 'b', node, output: [named('w')] });
}

/** An `If` whose branches are one graph and an empty one. */
function branch(condition: string, output: string, body: GraphProto): NodeProto {
  const type = AttributeProto_AttributeType.GRAPH;
  const node = nodeOf('If', '', [condition], [output]);
  node.attribute = [
    create(AttributeProtoSchema, { name: 'then_branch', type, g: body }),
    create(AttributeProtoSchema, { name: 'else_branch', type, g: create(GraphProtoSchema) }),
  ];
  return node;
}
