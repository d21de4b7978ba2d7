import { concatenated } from '../../shared/concatenated.ts';
import { addHead, type HeadAnswer } from '../head/heads.ts';
import { elementTypes } from '../onnx/element-types.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addView } from '../onnx/tensor-view.ts';
import type { ModelWeights } from '../runtime/model-weights.ts';
import { type OnnxValueMapType, Tensor } from '../runtime/onnxruntime.ts';
import type { ExplainPlan, ModelFacts } from '../session/augmented-graph.ts';
import { headAnswer } from '../session/explain-session.ts';
import { openOnnxSession } from '../session/open-onnx-session.ts';
import type { LayerReader } from './layer-reader.ts';
import { modelNumbers } from './model-numbers.ts';
import type { ReaderValues, Reading, Values } from './reader-misfit.ts';

export interface ReferenceOptions
  extends ModelWeights,
    Pick<ExplainPlan, 'layers' | 'allScores' | 'candidates' | 'preprocessing'> {
  /** The model file. */
  readonly bytes: Uint8Array;
  readonly facts: ModelFacts;
  /** By index of the layer. */
  readonly readers: readonly (LayerReader | undefined)[];
  readonly threads: number;
  /** Where the file multiplies bytes: what guards their sums against overflow is one of ONNX Runtime's optimizers. */
  readonly optimized: boolean;
}

/** What a model computes by itself of one image. */
export interface Reference {
  readonly head: HeadAnswer;
  readonly layers: readonly ReferenceLayer[];
}

export interface ReferenceLayer {
  /** As eigenfleet reads it. */
  readonly reading: Reading;
  /** What its reader reads, of which the reading may be a part, and computes. */
  readonly reader: { readonly read: Reading; readonly values: ReaderValues } | undefined;
}

/**
 * Runs a model as it is in its file, on the CPU and mostly without ONNX Runtime's optimizations, on a batch of one image. Nothing is cut out: what is asked for is only added as
 * outputs. Throws as `openOnnxSession`.
 *
 * @param pixels uint8 [C, H, W]
 */
export async function runReference(
  pixels: Uint8Array,
  options: ReferenceOptions,
): Promise<Reference> {
  const { bytes, facts, layers, readers, threads, optimized, folder, linked } = options;
  const graph = new GraphBuilder(facts.opset, 'probe');
  const head = addHead(graph, facts.headLayout, options);
  const readings = layers.map((layer) => addFirst(graph, addView(graph, layer)));
  const reads = readers.map((reader) => reader && addReader(graph, reader));
  const session = await openOnnxSession({
    ...{ bytes: concatenated([bytes, graph.encode()]), device: 'cpu', threads, optimized },
    ...{ folder, linked },
  });
  try {
    const names = reads.flatMap((read) =>
      read ? [...Object.values(read.names), ...read.beside] : [],
    );
    const fetches = [...Object.values(head.tensors), ...readings, ...names];
    const results = await session.run(feedsOf(pixels, options), fetches);
    return {
      head: headAnswer({ head }, results),
      layers: readings.map((name, index) => layerOf(results, name, reads[index])),
    };
  } finally {
    await session.release();
  }
}

const parameters = [
  'weights',
  'weightZero',
  'weightScale',
  'inputScale',
  'bias',
  'outputScale',
  'outputZero',
] as const satisfies readonly (keyof LayerReader & keyof ReaderValues)[];

/** Names of outputs. */
interface ReaderOutputs {
  readonly names: Readonly<Record<string, string>>;
  /** Where the layer stands among others: the whole, and the sizes of those before it. */
  readonly beside: readonly string[];
}

function addReader(graph: GraphBuilder, reader: LayerReader): ReaderOutputs {
  const { way, blockedChannels, output } = reader;
  const given = parameters.flatMap((name) => {
    const tensor = reader[name];
    return tensor === undefined || tensor === '' ? [] : [[name, addFloats(graph, tensor)] as const];
  });
  const unblocked =
    blockedChannels > 0
      ? addView(graph, { tensor: output, view: { kind: 'unblock' }, channels: blockedChannels })
      : output;
  const beside =
    way.kind === 'beside'
      ? [
          addFirst(graph, way.concat),
          ...way.before.map((tensor) => graph.output(graph.op('Shape', [tensor]))),
        ]
      : [];
  return { names: { ...Object.fromEntries(given), output: addFirst(graph, unblocked) }, beside };
}

function addFloats(graph: GraphBuilder, tensor: string): string {
  return graph.output(graph.op('Cast', [tensor], { to: elementTypes.float32 }));
}

/** Of a batch. */
function addFirst(graph: GraphBuilder, tensor: string): string {
  return addFloats(graph, graph.op('Gather', [tensor, graph.integers([0])], { axis: 0 }));
}

function layerOf(
  results: OnnxValueMapType,
  name: string,
  read: ReaderOutputs | undefined,
): ReferenceLayer {
  const reading = readingOf(valuesOf(results, name));
  if (read === undefined) return { reading, reader: undefined };
  const entries = Object.entries(read.names).map(([key, each]) => [key, valuesOf(results, each)]);
  const values = Object.fromEntries(entries) as ReaderValues;
  const [whole, ...before] = read.beside;
  if (whole === undefined) return { reading, reader: { read: reading, values } };
  const channels = before.map((each) => Number(results[each]?.data[1]));
  const start = channels.reduce((sum, count) => sum + count, 0);
  const all = readingOf(valuesOf(results, whole));
  all.data.set(reading.data, start * all.height * all.width);
  return { reading, reader: { read: all, values } };
}

function readingOf({ data, dims }: Values): Reading {
  const [, channels = 0, height = 0, width = 0] = dims;
  return { data, channels, height, width };
}

function valuesOf(results: OnnxValueMapType, name: string): Values {
  const tensor = results[name];
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('expected float32 values');
  return { data: tensor.data, dims: tensor.dims };
}

function feedsOf(pixels: Uint8Array, options: ReferenceOptions): Record<string, Tensor> {
  const { facts, preprocessing = {} } = options;
  const { inputChannels, inputHeight, inputWidth, inputName, inputElemType } = facts;
  const batch = facts.batch === 'dynamic' ? 1 : facts.batch;
  const data = modelNumbers(pixels, facts, preprocessing, batch);
  const dims = [batch, inputChannels, inputHeight, inputWidth];
  return { [inputName]: new Tensor(inputElemType, data, dims) };
}
