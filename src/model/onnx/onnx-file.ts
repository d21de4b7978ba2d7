import { fromBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from 'onnx-buf';
import { EigenfleetError } from '../../shared/errors.ts';
import { rememberedByObject } from '../../shared/host/remembered.ts';
import { foreignFileAdvice } from './foreign-file.ts';
import { walkModelFields } from './onnx-wire.ts';

/** A decoded ONNX file. Weights are views of the bytes that were read, never copies: do not change those bytes. */
export interface OnnxFile {
  /** As people know it: a file name or a URI without credentials. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** What the graph must be fed: before IR version 4 weights are listed as inputs too, these are left out. */
  readonly inputs: readonly ValueInfoProto[];
  /** Version of the default operator set. */
  readonly opset: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** Files beside the model that hold weights, relative to its folder; they never lead out of it. Mostly none. */
  readonly externalFiles: readonly string[];
}

/**
 * Decodes an ONNX file (protobuf, `onnx.proto`) without copying its weights. Throws `EigenfleetError('model')` for a file that is
 * empty, cut short, damaged, another format (the sentence says which, and what to do), or whose external weights lie outside its folder.
 */
export function decodeOnnx(bytes: Uint8Array, name: string): OnnxFile {
  if (bytes.length === 0) {
    throw modelError(`${name} is empty (0 bytes): export or copy the model again.`);
  }
  const advice = foreignFileAdvice(bytes, name);
  if (advice !== undefined) throw modelError(`${name} ${advice}`);
  assertWholeFile(bytes, name);
  const proto = decodeModel(bytes, name);
  const graph = proto.graph;
  if (graph === undefined || graph.node.length === 0) {
    throw modelError(
      `${name} is not a usable ONNX model: it holds no graph. Export it with "yolo export model=best.pt format=onnx".`,
    );
  }
  const weights = new Set(graph.initializer.map((tensor) => tensor.name));
  return {
    name,
    sizeBytes: bytes.length,
    proto,
    graph,
    inputs: graph.input.filter((input) => !weights.has(input.name)),
    opset: opsetOf(proto, name),
    metadata: new Map(proto.metadataProps.map((entry) => [entry.key, entry.value])),
    externalFiles: externalFilesOf(graph, name),
  };
}

function modelError(message: string, cause?: unknown): EigenfleetError {
  return new EigenfleetError('model', message, { cause });
}

function assertWholeFile(bytes: Uint8Array, name: string): void {
  const walk = walkModelFields(bytes);
  if (walk.status === 'cut-short') {
    throw modelError(
      `${name} is cut short: it announces at least ${walk.announcedBytes} bytes and has ${bytes.length}. Copy or download it again.`,
    );
  }
  if (walk.status === 'not-onnx') {
    throw modelError(
      `${name} is not an ONNX file. Export the model with "yolo export model=best.pt format=onnx".`,
    );
  }
  if (walk.status === 'damaged') {
    throw modelError(
      `${name} is damaged at byte ${walk.position} of ${bytes.length}. Copy or download it again.`,
    );
  }
}

/** Opening a model asks for it about ten times, each step by itself; it lives as long as the bytes do. */
const protoOf = rememberedByObject((bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes));

function decodeModel(bytes: Uint8Array, name: string): ModelProto {
  try {
    return protoOf(bytes);
  } catch (cause) {
    throw modelError(
      `${name} is damaged: its ONNX structure does not hold together. Copy or download it again.`,
      cause,
    );
  }
}

/** Writers put the operator sets behind the graph, and the format requires them: a file without them ends early. */
function opsetOf(proto: ModelProto, name: string): number {
  const found = proto.opsetImport.find((set) => set.domain === '' || set.domain === 'ai.onnx');
  if (found === undefined) {
    throw modelError(
      `${name} is cut short: it names no operator set, which stands behind the graph. Copy or download it again.`,
    );
  }
  return Number(found.version);
}

function externalFilesOf(graph: GraphProto, name: string): string[] {
  const files = new Set<string>();
  for (const tensor of graph.initializer) {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
    const location = tensor.externalData.find((entry) => entry.key === 'location')?.value ?? '';
    if (!staysInFolder(location)) {
      throw modelError(
        `${name} keeps weights in "${location}", outside its own folder, which is not followed. Export it again as one file.`,
      );
    }
    files.add(location);
  }
  return [...files];
}

function staysInFolder(location: string): boolean {
  if (location === '' || /^[/\\]|^[A-Za-z]:/.test(location) || location.includes('\0'))
    return false;
  return !location.split(/[/\\]/).includes('..');
}
