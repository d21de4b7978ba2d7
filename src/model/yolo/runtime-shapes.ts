import { concatenated } from '../../shared/concatenated.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import type { ModelInput } from '../input/model-input.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { isStatic, type TensorInfo, unknownTensor } from '../onnx/tensor-info.ts';
import { cutGraph } from '../onnx/wire-splice.ts';
import { modelFault } from '../runtime/model-fault.ts';
import { type ModelWeights, weightsEntries } from '../runtime/model-weights.ts';
import type { InferenceSession, Tensor } from '../runtime/onnxruntime.ts';

export type ShapeOptions = ModelWeights;

/** What must be known of a model to load and run it. */
export interface RunnableModel extends Omit<ModelInput, 'dynamicSize'> {
  readonly name: string;
  readonly opset: number;
  readonly externalFiles: readonly string[];
}

/** ONNX Runtime's cost of outputs grows with the square of their number. */
const mostAtOnce = 4096;

interface Question {
  readonly bytes: Uint8Array;
  readonly model: RunnableModel;
  readonly tensors: readonly string[];
  readonly options: ShapeOptions;
}

/**
 * Element types and shapes of tensors inside the graph, from ONNX Runtime; those that it returns only as a formula of the input size are measured by one run
 * on a black image, of which nothing but shapes comes out. Throws `EigenfleetError('model')` when it cannot load the file.
 */
export async function runtimeInfos(
  bytes: Uint8Array,
  model: RunnableModel,
  tensors: readonly string[],
  options: ShapeOptions,
): Promise<TensorInfo[]> {
  const infos: TensorInfo[] = [];
  for (let start = 0; start < tensors.length; start += mostAtOnce) {
    const some = tensors.slice(start, start + mostAtOnce);
    const kept = cutGraph(bytes, { wanted: some });
    for (const info of await ask({ bytes: kept, model, tensors: some, options })) infos.push(info);
  }
  return infos;
}

async function ask(question: Question): Promise<TensorInfo[]> {
  const { model } = question;
  try {
    const stated = await statedInfos(question);
    const open = stated.filter((info) => !isStatic(info));
    if (open.length === 0) return stated;
    const measured = await measuredShapes({ ...question, tensors: open.map(({ name }) => name) });
    return stated.map((info) => ({ ...info, shape: measured.get(info.name) ?? info.shape }));
  } catch (cause) {
    const failure = messageOf(cause).includes('status code returned while running')
      ? runFailure
      : loadFailure;
    throw new EigenfleetError('model', failure(model, modelFault(messageOf(cause))), { cause });
  }
}

/** The model is loaded, and does not run at this size. */
function runFailure({ name, ...input }: RunnableModel, reason: string): string {
  const { inputHeight, inputWidth, dynamicSides } = input;
  const advice = dynamicSides
    ? 'Set --imgsz to the size that it was exported at, or export it again'
    : 'Export it again';
  return `${name} does not run at ${inputHeight}x${inputWidth} pixels (height x width): ${reason}. ${advice}.`;
}

function loadFailure({ name, externalFiles }: RunnableModel, reason: string): string {
  return externalFiles.length > 0
    ? `${name} cannot be loaded: ${reason}. Its weights lie in ${externalFiles.slice(0, 3).join(', ')} beside it: put them there, or export one file.`
    : `${name} cannot be loaded: ${reason}. Export it again with "yolo export format=onnx".`;
}

/** ONNX is protobuf, and repeated fields of concatenated messages merge: a piece behind a model adds to it, whatever the file's size. */
async function withSession<Value>(
  { bytes, options }: Question,
  piece: GraphBuilder,
  use: (session: InferenceSession) => Value | Promise<Value>,
): Promise<Value> {
  // Loaded on demand: most files contain their shapes, and the runtime is large.
  const runtime = await import('../runtime/onnxruntime.ts');
  const { session, externalData } = weightsEntries(options);
  const opened = await runtime.InferenceSession.create(concatenated([bytes, piece.encode()]), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    extra: { session },
    externalData,
  });
  try {
    return await use(opened);
  } finally {
    await opened.release();
  }
}

function statedInfos(question: Question): Promise<TensorInfo[]> {
  const piece = new GraphBuilder(question.model.opset, 'stated');
  for (const tensor of question.tensors) piece.output(tensor);
  return withSession(question, piece, ({ outputMetadata }) => {
    const found = new Map(outputMetadata.map((output) => [output.name, output]));
    return question.tensors.map((name) => {
      const output = found.get(name);
      if (!output?.isTensor) return unknownTensor(name);
      const shape = output.shape.map((size) =>
        typeof size === 'number' && size > 0 ? size : 'dynamic',
      );
      return { name, elemType: output.type, shape };
    });
  });
}

/** The tensors themselves stay inside: as outputs they would all be in memory at once. */
function measuredShapes(question: Question): Promise<Map<string, number[]>> {
  const { model, tensors } = question;
  const piece = new GraphBuilder(model.opset, 'shapes');
  const answers = tensors.map((tensor) => piece.output(piece.op('Shape', [tensor])));
  return withSession(question, piece, async (session) => {
    const results = await session.run({ [model.inputName]: await blackImage(model) }, answers);
    return new Map(
      tensors.map((tensor, index) => [tensor, numbersOf(results[answers[index] ?? '']?.data)]),
    );
  });
}

async function blackImage(model: RunnableModel): Promise<Tensor> {
  const { Tensor } = await import('../runtime/onnxruntime.ts');
  const batch = model.batch === 'dynamic' ? 1 : model.batch;
  const dims = [batch, model.inputChannels, model.inputHeight, model.inputWidth];
  const size = dims.reduce((product, side) => product * side, 1);
  if (model.inputElemType === 'uint8') return new Tensor('uint8', new Uint8Array(size), dims);
  return model.inputElemType === 'float16'
    ? new Tensor('float16', new Uint16Array(size), dims)
    : new Tensor('float32', new Float32Array(size), dims);
}

function numbersOf(data: Tensor['data'] | undefined): number[] {
  return data instanceof BigInt64Array ? Array.from(data, Number) : [];
}
