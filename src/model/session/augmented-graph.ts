import type { LayerBasis } from '../../shared/basis/dataset-basis.ts';
import { concatenated } from '../../shared/concatenated.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { addBasisProjection } from '../basis/projection-graph.ts';
import { addBoxMaps, type BoxMapTensors } from '../box-maps/box-map-graph.ts';
import type { BoxMapPlan } from '../box-maps/box-map-plan.ts';
import {
  type ActivationLayer,
  addCentered,
  addEigenCam,
  type EigenCamLayer,
} from '../eigen-cam/eigen-cam-graph.ts';
import { defaultSteps } from '../eigen-cam/iteration-graph.ts';
import { addEvidence, evidenceTensors } from '../evidence/evidence-graph.ts';
import type { EvidencePlan } from '../evidence/evidence-source.ts';
import { addHead, type HeadTensors, headOutputs } from '../head/heads.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addView, tensorsOf } from '../onnx/tensor-view.ts';
import { cutParts } from '../onnx/wire-splice.ts';
import {
  addRewrites,
  noRewrites,
  type Rewrites,
  replacementsOf,
  withoutDetours,
} from '../rewrites/rewrites.ts';
import type { Device } from '../runtime/devices.ts';
import type { YoloModel } from '../yolo/yolo-model.ts';
import { addNumbers } from './input-numbers.ts';
import { type Preprocessing, scaleFor } from './preprocessing.ts';

/** What must be known about an ONNX file before Eigen-CAM can be added. */
export type ModelFacts = Pick<
  YoloModel,
  | 'inputName'
  | 'inputElemType'
  | 'inputChannels'
  | 'takesBytes'
  | 'quantizes'
  | 'inputHeight'
  | 'inputWidth'
  | 'batch'
  | 'opset'
  | 'headLayout'
> &
  Partial<Pick<YoloModel, 'rectStride' | 'rewrites'>>;

export interface ExplainPlan {
  readonly layers: readonly ActivationLayer[];
  /** The highest component asked for, counted from 1. */
  readonly components: number;
  /** Multiplications by the Gram matrix; more of them bring late components closer. Default: `defaultSteps`. */
  readonly steps?: number;
  /** Absent: each image's own components. */
  readonly basis?: BasisPlan | undefined;
  /** As `HeadPlan` has it: whether every class score leaves the graph, instead of the best or beside it. */
  readonly allScores?: boolean;
  readonly candidates?: boolean | undefined;
  /** Absent: no class evidence. */
  readonly evidence?: EvidencePlan | undefined;
  /** Absent: no box maps. */
  readonly boxMaps?: BoxMapPlan | undefined;
  /** Where the model will run: decides how bytes become floats, not their values. */
  readonly device: Device;
  /** Default: what the model needs by itself. */
  readonly preprocessing?: Preprocessing;
}

/** A dataset's components instead of each image's own. */
export interface BasisPlan {
  /** Of each target layer, in their order. */
  readonly layers: readonly LayerBasis[];
  /** Counted from 1. */
  readonly components: readonly number[];
}

/** A model with Eigen-CAM inside. Plain data: it can be posted to a worker thread. */
export interface AugmentedModel {
  readonly bytes: Uint8Array;
  readonly batch: number | 'dynamic';
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly inputChannels: number;
  /** Input, uint8 [B, C, H, W]: planar, RGB where there are three channels. */
  readonly pixels: string;
  readonly layers: readonly EigenCamLayer[];
  readonly head: HeadTensors;
  /** `output`: the tensor of the graph's answer. */
  readonly evidence?: (EvidencePlan & { readonly output: string }) | undefined;
  readonly boxMaps?: BoxMapTensors | undefined;
  /** Grids that have no target layer and need a mask each, behind those of the layers. `weights`: as `EigenCamTensors` has it. */
  readonly otherGrids: readonly OtherGrid[];
  readonly addedNodes: number;
}

/** A level of the head that no target layer is. */
interface OtherGrid extends Omit<ActivationLayer, 'elemType'> {
  readonly weights: string;
}

/** The oldest whose operators suffice: Cast, MatMul and Reshape as they are used here. */
const oldestOpset = 9;

/**
 * Puts Eigen-CAM of the target layers, and the reduction of the head, into an ONNX file. The file's own bytes are kept: its input and
 * outputs are cut out, and the new nodes stand before and behind it as protobuf pieces that merge with it. The new input is uint8 (a quarter
 * of the bytes, one DequantizeLinear); only small outputs come out. `bytes` stay unchanged.
 * Throws `EigenfleetError('model')` for an operator set below 9 or bytes that are not protobuf.
 */
export function augmentModel(
  bytes: Uint8Array,
  facts: ModelFacts,
  plan: ExplainPlan,
): AugmentedModel {
  assertOpset(facts);
  const batch = facts.batch === 'dynamic' ? 'eigenfleet_batch' : facts.batch;
  const front = new GraphBuilder(facts.opset, 'input');
  const pixels = addPixels(front, facts, { ...plan, batch });
  const back = new GraphBuilder(facts.opset, 'explain');
  const head = addHead(back, facts.headLayout, plan);
  const evidence = plan.evidence && { ...plan.evidence, output: addEvidence(back, plan.evidence) };
  const openGrids = facts.rectStride !== undefined;
  const isTransformer = facts.headLayout.kind === 'queries';
  const layers = addMaps(back, plan, { batch, openGrids, isTransformer });
  const boxes = withBoxMaps(back, plan, { head, layers, openGrids, batch });
  const wanted = tensorsRead(facts, plan, boxes.otherGrids);
  const rewrites = withoutDetours(rewritesFor(facts, plan), wanted);
  const cut = { inputName: facts.inputName, wanted, replaced: replacementsOf(rewrites) };
  const { parts, needed } = cutParts(bytes, cut);
  addRewrites(back, rewrites, needed);
  return {
    bytes: concatenated([front.encode(), ...parts, back.encode()]),
    ...{ batch: facts.batch, inputChannels: facts.inputChannels },
    ...{ inputHeight: facts.inputHeight, inputWidth: facts.inputWidth },
    ...{ pixels, layers, head, evidence, ...boxes },
    addedNodes: front.nodeCount + back.nodeCount,
  };
}

/** What is quicker on a CPU need not be so elsewhere. */
function rewritesFor({ rewrites = noRewrites }: ModelFacts, { device }: ExplainPlan): Rewrites {
  return device === 'cpu' ? rewrites : noRewrites;
}

function assertOpset({ opset }: ModelFacts): void {
  if (opset >= oldestOpset) return;
  throw new EigenfleetError(
    'model',
    `The model uses operator set ${opset}, and ${oldestOpset} or later is needed: export it again with "yolo export format=onnx opset=18".`,
  );
}

interface MapsPlan {
  readonly batch: number | string;
  readonly openGrids: boolean;
  readonly isTransformer: boolean;
}

/**
 * The maps of all layers: an image's own components, or those of its dataset. ONNX Runtime follows each result back to the image, the last one first: with the layers in reverse, each is done
 * and its activations are free before the next one is computed. Otherwise all of them are held until the model has ended.
 */
function addMaps(
  back: GraphBuilder,
  plan: ExplainPlan,
  { batch, openGrids, isTransformer }: MapsPlan,
): EigenCamLayer[] {
  const layers = plan.layers
    .map((layer, index) => ({ layer, basis: plan.basis?.layers[index] }))
    .toReversed()
    .map(({ layer, basis }) => ({ ...layer, tensor: addView(back, layer), basis }));
  if (plan.basis === undefined) {
    const { components, steps = defaultSteps(components, isTransformer) } = plan;
    return addEigenCam(back, layers, { components, steps, openGrids }, batch).toReversed();
  }
  const { components } = plan.basis;
  const projected = layers.flatMap(({ basis, ...layer }) =>
    basis === undefined
      ? []
      : [addBasisProjection(back, layer, { basis, components, batch, openGrids })],
  );
  return projected.toReversed();
}

/** What the new nodes read of the file. */
function tensorsRead(
  { headLayout }: ModelFacts,
  { layers, evidence, boxMaps }: ExplainPlan,
  others: readonly OtherGrid[],
): string[] {
  const ofLayers = [...layers, ...others].flatMap(({ tensor, view }) => tensorsOf(tensor, view));
  const ofEvidence = evidence === undefined ? [] : evidenceTensors(evidence);
  const ofRows = boxMaps?.scores === undefined ? [] : [boxMaps.scores.tensor];
  return [...ofLayers, ...headOutputs(headLayout), ...ofEvidence, ...ofRows];
}

/** Box maps read what Eigen-CAM of a layer has centered, and center the other levels themselves. */
function withBoxMaps(
  graph: GraphBuilder,
  { layers: targets, boxMaps: plan }: ExplainPlan,
  own: {
    readonly head: HeadTensors;
    readonly layers: readonly EigenCamLayer[];
    readonly openGrids: boolean;
    readonly batch: number | string;
  },
): Pick<AugmentedModel, 'boxMaps' | 'otherGrids'> {
  if (plan === undefined) return { otherGrids: [] };
  const otherGrids = otherLevels(targets, plan).map((level) => {
    const tensor = addView(graph, level);
    return { ...level, ...addCentered(graph, { ...level, tensor }, own) };
  });
  const centered = plan.levels.map(({ tensor }) => {
    const index = targets.findIndex((target) => target.tensor === tensor);
    const layer = own.layers[index] ?? otherGrids.find((other) => other.tensor === tensor);
    return layer?.centered ?? '';
  });
  return { boxMaps: addBoxMaps(graph, plan, { ...own, centered }), otherGrids };
}

/** Levels of box maps that are not among the target layers. Their masks are fed behind those of the layers. */
export function otherLevels(
  targets: readonly ActivationLayer[],
  plan: BoxMapPlan | undefined,
): ActivationLayer[] {
  const known = new Set(targets.map(({ tensor }) => tensor));
  return plan?.levels.filter(({ tensor }) => !known.has(tensor)) ?? [];
}

/** Pixels as bytes, and behind them the numbers of the input that was cut out, under its name. */
export function addPixels(
  front: GraphBuilder,
  facts: ModelFacts,
  {
    batch,
    device,
    preprocessing = {},
  }: Pick<ExplainPlan, 'device' | 'preprocessing'> & {
    readonly batch: number | string;
  },
): string {
  const { inputChannels, inputHeight, inputWidth, inputName, inputElemType, rectStride } = facts;
  const isOpen = rectStride !== undefined;
  const sides = isOpen ? ['eigenfleet_height', 'eigenfleet_width'] : [inputHeight, inputWidth];
  const pixels = front.input('pixels', 'uint8', [batch, inputChannels, ...sides]);
  const scale = scaleFor(facts, preprocessing);
  const numbers = { ...preprocessing, scale, exact: facts.quantizes, device };
  addNumbers(front, pixels, { ...numbers, inputName, inputElemType });
  return pixels;
}
