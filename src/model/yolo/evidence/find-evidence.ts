import type { NodeProto } from 'onnx-buf';
import { traitsOf } from '../../../shared/run/task-traits.ts';
import type { EvidenceLevel, FoundEvidence } from '../../evidence/evidence-source.ts';
import { dataInputs, flowOf, type GraphFlow } from '../../graph/graph-flow.ts';
import { decodeOnnx } from '../../onnx/onnx-file.ts';
import { type TensorInfo, unknownTensor } from '../../onnx/tensor-info.ts';
import { walkBack } from '../head-levels.ts';
import { layerShapeOf, readTensorInfos } from '../layer-shapes.ts';
import type { ShapeOptions } from '../runtime-shapes.ts';
import type { YoloModel } from '../yolo-model.ts';
import { pooledEvidence } from './pooled-evidence.ts';

/** Heads that answer with every class score of every anchor. */
const rawHeads: readonly string[] = ['detect', 'segment', 'pose', 'obb'];
/** Heads that answer with the rows that are left of them. */
const rowHeads: readonly string[] = ['nms', 'segment-rows', 'pose-rows', 'obb-rows'];

/**
 * Where in a model's graph every class has a number at every cell: the scores of its anchors, in the answer or before the suppression inside the graph; of a
 * classifier the features that it averages. What cannot be told for certain is absent, with the reason as a clause.
 */
export async function findEvidence(
  bytes: Uint8Array,
  model: YoloModel,
  options: ShapeOptions,
): Promise<FoundEvidence> {
  const { headLayout, task } = model;
  const { kind, classes } = headLayout;
  if (!traitsOf(task).answers) return absent('the answer of the model is not read');
  const { graph } = decodeOnnx(bytes, model.name);
  const flow = flowOf(graph, model.inputName);
  const infosOf = (tensors: readonly string[]) => readTensorInfos(bytes, model, tensors, options);
  if (traitsOf(task).classifies) return pooledEvidence({ flow, graph, model, infosOf });
  const isRaw = rawHeads.includes(kind);
  if (!isRaw && !rowHeads.includes(kind)) {
    return absent("the scores of a transformer's queries belong to no cells of a grid");
  }
  if (classes === undefined || classes < 1) return absent('the number of classes is not known');
  const inputs = model.headInputs;
  const candidates = isRaw ? [headLayout.output ?? ''] : scoreTensors(flow);
  const infos = await infosOf([...new Set([...inputs, ...candidates])]);
  const levels = inputs.flatMap((tensor) => levelOf(model, tensor, infos.get(tensor)));
  const anchors = levels.reduce((sum, one) => sum + one.gridHeight * one.gridWidth, 0);
  if (isRaw) {
    const [tensor = ''] = candidates;
    if (infos.get(tensor)?.shape[2] !== anchors) return absent(noGrids);
    return found({ kind: 'scores', tensor, classes, classAxis: 1, start: 4, levels });
  }
  const fitting = candidates.flatMap((tensor) => {
    const axis = classAxisOf(infos.get(tensor) ?? unknownTensor(tensor), classes, anchors);
    return axis === undefined ? [] : [{ tensor, classAxis: axis }];
  });
  const [only, ...others] = fitting;
  if (only === undefined || others.length > 0) {
    return absent('the scores of all classes cannot be told apart in its graph');
  }
  return found({ kind: 'scores', ...only, classes, start: 0, levels });
}

const noGrids = 'its anchors do not lie on the grids that its head reads';

function found(source: Extract<FoundEvidence, { status: 'found' }>['source']): FoundEvidence {
  return { status: 'found', source };
}

function absent(reason: string): FoundEvidence {
  return { status: 'absent', reason };
}

/** Empty for what the head reads besides its levels, such as the embedding of a text. */
function levelOf(
  { modules }: YoloModel,
  tensor: string,
  info = unknownTensor(tensor),
): EvidenceLevel[] {
  const shape = layerShapeOf(info);
  if (shape === undefined) return [];
  const layer = modules.find((module) => module.tensor === tensor)?.name ?? tensor;
  return [{ layer, gridHeight: shape.gridHeight, gridWidth: shape.gridWidth }];
}

/** What comes out of a sigmoid that several levels went into: not the activation behind a convolution. */
function scoreTensors(flow: GraphFlow): string[] {
  const sigmoids = [...walkBack(flow, () => false)].filter((node) => node.opType === 'Sigmoid');
  return sigmoids.filter((node) => gathers(flow, node)).flatMap(({ output }) => output[0] ?? []);
}

const gathering: readonly string[] = ['Concat', 'Split', 'Slice', 'Transpose', 'Reshape'];

function gathers(flow: GraphFlow, node: NodeProto): boolean {
  const [source = ''] = dataInputs(flow, node);
  return gathering.includes(flow.makers.get(source)?.opType ?? '');
}

function classAxisOf(
  { shape, elemType }: TensorInfo,
  classes: number,
  anchors: number,
): 1 | 2 | undefined {
  const isFloat = elemType === 'float32' || elemType === 'float16';
  if (!isFloat || shape.length !== 3 || anchors === classes) return undefined;
  if (shape[1] === classes && shape[2] === anchors) return 1;
  return shape[1] === anchors && shape[2] === classes ? 2 : undefined;
}
