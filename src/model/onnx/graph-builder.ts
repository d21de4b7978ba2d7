import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { type ElementType, elementTypes } from './element-types.ts';

/** Integers become ints, lists of them ints lists; no operator used here takes anything else. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** Slice reads it as "to the end". */
export const toTheEnd = 2 ** 31 - 1;

/** The operator set from which on Slice has steps, and takes its range as inputs. */
export const steppingSlice = 10;

/**
 * Collects the nodes, constants, inputs and outputs of a piece of an ONNX graph and encodes them as a small ModelProto. Repeated fields of
 * concatenated protobuf messages merge, so such a piece before or behind a model's bytes becomes part of that model's graph.
 * Operators that changed between operator sets are emitted as the file's own `opset` wants them (9 and later).
 */
export class GraphBuilder {
  readonly opset: number;
  readonly #prefix: string;
  readonly #nodes: NodeProto[] = [];
  readonly #constants = new Map<string, ReturnType<typeof tensorProto>>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];

  /** @param part told apart in every name: pieces of one model must not share names, nor have names that an exporter would give */
  constructor(opset: number, part: string) {
    this.opset = opset;
    this.#prefix = `eigenfleet/${part}/`;
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** Adds a node of one output and returns that tensor's name: `output`, or a fresh one. `domain`: of an operator that is not ONNX's own. */
  op(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output = '',
    domain = '',
  ): string {
    const name = `${this.#prefix}${opType}_${this.#nodes.length}`;
    const made = output === '' ? name : output;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    const fields = { name, opType, domain, input: [...inputs], output: [made], attribute };
    this.#nodes.push(create(NodeProtoSchema, fields));
    return made;
  }

  /** Places of the `count` greatest along the last axis, the greatest first, as int64. Of operator set 10 and later. */
  placesOfGreatest(tensor: string, count: number): string {
    const name = `${this.#prefix}TopK_${this.#nodes.length}`;
    const output = [`${name}/values`, `${name}/places`];
    const input = [tensor, this.integers([count])];
    this.#nodes.push(create(NodeProtoSchema, { name, opType: 'TopK', input, output }));
    return `${name}/places`;
  }

  /** Swaps the last two axes of [B, r, c]; ONNX Runtime folds it into the matrix product that uses it. */
  transposed(tensor: string): string {
    return this.op('Transpose', [tensor], { perm: [0, 2, 1] });
  }

  /** Tensors end to end along an axis; one alone as it is. */
  joined(tensors: readonly string[], axis: number): string {
    const [only = ''] = tensors;
    return tensors.length === 1 ? only : this.op('Concat', tensors, { axis });
  }

  /** As many equal parts of an axis; one alone is the tensor. Their number is an attribute from operator set 18 on. */
  parts(tensor: string, axis: number, count: number): string[] {
    if (count === 1) return [tensor];
    const name = `${this.#prefix}Split_${this.#nodes.length}`;
    const output = Array.from({ length: count }, (_, part) => `${name}/${part}`);
    const attributes = { axis, ...(this.opset >= 18 && { num_outputs: count }) };
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push(
      create(NodeProtoSchema, { name, opType: 'Split', input: [tensor], output, attribute }),
    );
    return output;
  }

  /** Reduces one axis. The axes moved from an attribute to an input in operator set 18, of ReduceSum in 13. */
  reduced(
    opType: 'ReduceMax' | 'ReduceMin' | 'ReduceL2' | 'ReduceSum',
    tensor: string,
    axis: number,
    keep: boolean,
  ): string {
    const keepdims = keep ? 1 : 0;
    return this.opset < (opType === 'ReduceSum' ? 13 : 18)
      ? this.op(opType, [tensor], { axes: [axis], keepdims })
      : this.op(opType, [tensor, this.integers([axis])], { keepdims });
  }

  /** [start, end) of one axis, every `step`th; before operator set 10 every one. */
  sliced(
    tensor: string,
    axis: number,
    range: { start: number; end: number; step: number },
  ): string {
    if (this.opset < steppingSlice) {
      if (range.step !== 1) throw new RangeError('Slice has no steps before operator set 10');
      const { start, end } = range;
      return this.op('Slice', [tensor], { axes: [axis], starts: [start], ends: [end] });
    }
    const at = [[range.start], [range.end], [axis], [range.step]].map((one) => this.integers(one));
    return this.op('Slice', [tensor, ...at]);
  }

  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(
      `i${values.join('_')}`,
      TensorProto_DataType.INT64,
      [values.length],
      data,
    );
  }

  /** A float32 constant; `name` must be unique to its value. */
  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.#constant(name, TensorProto_DataType.FLOAT, dims, values);
  }

  scalar(value: number): string {
    return this.floats(`f${value}`, [], Float32Array.of(value));
  }

  byteScalar(value: number): string {
    return this.#constant(`b${value}`, TensorProto_DataType.UINT8, [], Uint8Array.of(value));
  }

  /** Declares an input of the graph; a string among the dimensions is a free size. */
  input(name: string, type: ElementType, dims: readonly (number | string)[]): string {
    this.#inputs.push(valueInfo(this.#prefix + name, type, dims));
    return this.#prefix + name;
  }

  /** Declares an output. A bare name is enough: ONNX Runtime infers type and shape. */
  output(tensor: string): string {
    this.#outputs.push(create(ValueInfoProtoSchema, { name: tensor }));
    return tensor;
  }

  /** The piece as protobuf bytes; `standalone` adds what makes it a complete model. */
  encode(kind: 'piece' | 'standalone' = 'piece'): Uint8Array {
    const graph = create(GraphProtoSchema, {
      node: this.#nodes,
      initializer: [...this.#constants.values()],
      input: this.#inputs,
      output: this.#outputs,
    });
    if (kind === 'piece') return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph }));
    graph.name = 'eigenfleet';
    const opsetImport = [create(OperatorSetIdProtoSchema, { version: BigInt(this.opset) })];
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, { graph, opsetImport, irVersion: 8n }),
    );
  }

  #constant(
    key: string,
    dataType: TensorProto_DataType,
    dims: readonly number[],
    data: Float32Array | BigInt64Array | Uint8Array,
  ): string {
    const name = this.#prefix + key;
    if (!this.#constants.has(name))
      this.#constants.set(name, tensorProto(name, dataType, dims, data));
    return name;
  }
}

function tensorProto(
  name: string,
  dataType: TensorProto_DataType,
  dims: readonly number[],
  data: Float32Array | BigInt64Array | Uint8Array,
) {
  // raw_data is little-endian, as every platform that ONNX Runtime is built for.
  const rawData = new Uint8Array(data.byteLength);
  rawData.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData });
}

function attributeProto(name: string, value: number | readonly number[]): AttributeProto {
  return typeof value === 'number'
    ? create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INT,
        i: BigInt(value),
      })
    : create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INTS,
        ints: value.map(BigInt),
      });
}

function valueInfo(
  name: string,
  type: ElementType,
  dims: readonly (number | string)[],
): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === 'number'
          ? { case: 'dimValue', value: BigInt(size) }
          : { case: 'dimParam', value: size },
    }),
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: elementTypes[type],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  const wrapped = create(TypeProtoSchema, { value: { case: 'tensorType', value } });
  return create(ValueInfoProtoSchema, { name, type: wrapped });
}
