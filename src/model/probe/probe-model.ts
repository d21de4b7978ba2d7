import { EigenfleetError } from '../../shared/errors.ts';
import type { ActivationLayer, EigenCamLayer } from '../eigen-cam/eigen-cam-graph.ts';
import { exactComponents } from '../eigen-cam/exact-components.ts';
import { isSettled } from '../eigen-cam/is-settled.ts';
import { type ComponentInputs, principalComponents } from '../eigen-cam/principal-components.ts';
import { flowOf } from '../graph/graph-flow.ts';
import { withoutAnswer } from '../head/head.ts';
import type { HeadAnswer } from '../head/heads.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import type { Device } from '../runtime/devices.ts';
import type { ModelWeights } from '../runtime/model-weights.ts';
import { augmentModel, type ExplainPlan, type ModelFacts } from '../session/augmented-graph.ts';
import { createExplainSession } from '../session/explain-session.ts';
import { type ImageOutputs, imageOutputs } from '../session/image-outputs.ts';
import { answerDifference } from './answer-difference.ts';
import { answerMisreading } from './answer-misreading.ts';
import { type LayerReader, layerReader } from './layer-reader.ts';
import { isSameComponent } from './map-difference.ts';
import { multipliesBytes, type Tolerances, tolerancesOf } from './precision.ts';
import { probeImage } from './probe-image.ts';
import type { LayerProbe, ProbeOutcome, ProbeReport } from './probe-report.ts';
import { readerMisfit } from './reader-misfit.ts';
import {
  type Reference,
  type ReferenceLayer,
  type ReferenceOptions,
  runReference,
} from './reference-session.ts';

export interface ProbeOptions extends ModelWeights {
  /** The model file's name, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly facts: ModelFacts;
  readonly plan: ExplainPlan;
  readonly device: Device;
  readonly threads: number;
}

/**
 * Explains a made image with a model, and checks what came out against what the model computes by itself: the head's answer, each layer against what reads it in the graph, and
 * each layer's components against an exact decomposition. Two inferences, one after the other, so that never more memory is held than one needs.
 *
 * @returns `undefined` where the model does not load or run: opening it says why, or the images do.
 * @throws EigenfleetError `model` where they disagree, in a sentence that says what and what to do.
 */
export async function probeModel(options: ProbeOptions): Promise<ProbeReport | undefined> {
  const { name, bytes, facts, plan } = options;
  const { graph } = decodeOnnx(bytes, name);
  const flow = flowOf(graph, facts.inputName);
  const tolerances = tolerancesOf(graph);
  const readers = plan.layers.map((layer) => layerReader(graph, flow, layer));
  const pixels = probeImage(facts.inputChannels, facts.inputHeight, facts.inputWidth);
  const optimized = multipliesBytes(graph);
  const runs = await bothRuns(pixels, { ...options, readers, optimized }).catch(() => undefined);
  if (runs === undefined) return undefined;
  const { own, reference } = runs;
  assertAsRead(name, reference.head, facts);
  const answer = probeAnswer(name, own.head, reference.head, tolerances);
  const layers = plan.layers.flatMap((layer, index): LayerProbe[] => {
    const [expected, components] = [reference.layers[index], own.components[index]];
    if (expected === undefined || components === undefined) return [];
    const subject = { name, layer, expected, tolerances };
    const reading = probeReading(subject, readers[index]);
    return [{ layer: layer.name, reading, maps: probeMaps(subject, components) }];
  });
  return { answer, layers };
}

async function bothRuns(
  pixels: Uint8Array,
  options: ProbeOptions & Pick<ReferenceOptions, 'readers' | 'optimized'>,
): Promise<{ own: Explained; reference: Reference }> {
  const { bytes, facts, plan, readers, optimized, threads, folder, linked } = options;
  const own = await explained(pixels, options);
  const { allScores, candidates, preprocessing = {}, layers } = plan;
  const reference = await runReference(pixels, {
    ...{ bytes, facts, readers, allScores, candidates, preprocessing, layers },
    ...{ threads, optimized, folder, linked },
  });
  return { own, reference };
}

interface Explained {
  readonly head: HeadAnswer;
  /** By index of the layer. */
  readonly components: readonly ComponentInputs[];
}

/** What the graph with Eigen-CAM returns for the first of a batch of one image. */
async function explained(pixels: Uint8Array, options: ProbeOptions): Promise<Explained> {
  const { bytes, facts, plan, device, threads, folder, linked } = options;
  const augmented = augmentModel(bytes, facts, plan);
  const session = await createExplainSession({ augmented, device, threads, folder, linked });
  try {
    const batch = facts.batch === 'dynamic' ? 1 : facts.batch;
    const stack = new Uint8Array(batch * pixels.length);
    for (let image = 0; image < batch; image++) stack.set(pixels, image * pixels.length);
    const grids = [...augmented.layers, ...augmented.otherGrids];
    const masks = grids.map(({ gridHeight, gridWidth }) =>
      new Float32Array(batch * gridHeight * gridWidth).fill(1),
    );
    const outputs = await session.run({ pixels: stack, masks });
    const { layers } = imageOutputs(outputs, 0);
    const components = augmented.layers.flatMap((layer, index) => {
      const output = layers[index];
      return output === undefined ? [] : [componentInputs(layer, output, plan.components)];
    });
    return { head: outputs.head, components };
  } finally {
    await session.release();
  }
}

function componentInputs(
  { gridHeight, gridWidth, side, width }: EigenCamLayer,
  output: ImageOutputs['layers'][number],
  most: number,
): ComponentInputs {
  const cells = gridHeight * gridWidth;
  const components = Array.from({ length: most }, (_, index) => index + 1);
  const mask = new Float32Array(cells).fill(1);
  return { ...output, cells, side, width, components, mask };
}

function probeAnswer(
  name: string,
  found: HeadAnswer,
  expected: HeadAnswer,
  tolerances: Tolerances,
): ProbeOutcome {
  const difference = answerDifference(found, expected, tolerances);
  if (difference === undefined || Object.keys(expected.arrays).length === 0) return 'unchecked';
  if (!difference.isTooMuch) return 'agrees';
  throw new EigenfleetError(
    'model',
    `${name} was tried on a made image and answers otherwise with its maps than by itself (${Math.round(100 * difference.share)} % of the numbers in "${difference.array}"), so its detections would be wrong: export it again, or try another --device.`,
  );
}

function assertAsRead(name: string, answer: HeadAnswer, facts: ModelFacts): void {
  const misreading = answerMisreading(answer, facts);
  if (misreading === undefined) return;
  throw new EigenfleetError(
    'model',
    `${name} was tried on a made image, and ${misreading}: export it again as Ultralytics does. ${withoutAnswer}`,
  );
}

interface Subject {
  readonly name: string;
  readonly layer: ActivationLayer;
  readonly expected: ReferenceLayer;
  readonly tolerances: Tolerances;
}

function probeReading(
  { name, layer, expected, tolerances }: Subject,
  reader: LayerReader | undefined,
): ProbeOutcome {
  const values = expected.reader;
  if (reader === undefined || values === undefined) return 'unchecked';
  const misfit = readerMisfit(reader, values.read, values.values);
  if (misfit === undefined) return 'unchecked';
  if (misfit <= tolerances.reading) return 'agrees';
  if (misfit <= tolerances.misreading) return 'unchecked';
  throw new EigenfleetError(
    'model',
    `Layer ${layer.name} of ${name} (${layer.tensor}) is not read as the model itself reads it: on a made image, ${reader.node.name || reader.node.opType} computes something else from it. Name other layers with --layers ("eigenfleet layers" lists them), or export the model again.`,
  );
}

function probeMaps(
  { name, layer, expected, tolerances }: Subject,
  inputs: ComponentInputs,
): ProbeOutcome {
  const found = principalComponents(inputs);
  if (found.status !== 'explained' || !isSettled(inputs, found)) return 'unchecked';
  const { components, mask } = inputs;
  // One more tells whether the last one ties with it.
  const wanted = [...components, components.length + 1];
  const exact = exactComponents({ activations: expected.reading.data, mask, components: wanted });
  if (exact.found.status !== 'explained') return 'unchecked';
  const others = exact.found.components;
  const wrong = found.components.find((one) => !isSameComponent(one, others, tolerances));
  if (wrong === undefined) return 'agrees';
  throw new EigenfleetError(
    'model',
    `The maps of layer ${layer.name} of ${name} (${layer.tensor}) are not those of its activations: on a made image, component ${wrong.component} is another. Name other layers with --layers, or export the model again.`,
  );
}
