import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { addSteadyProduct } from '../onnx/steady-product.ts';
import { addView, tensorsOf } from '../onnx/tensor-view.ts';
import type { EvidencePlan, FeatureSource, ScoreSource } from './evidence-source.ts';

/** Appends what makes [B, rows, anchors] of float32, as `EvidenceAnswer` has it, and returns the name of that output. */
export function addEvidence(graph: GraphBuilder, { source, classIds }: EvidencePlan): string {
  const values =
    source.kind === 'scores'
      ? addScores(graph, source, classIds && graph.integers(classIds))
      : addActivationMaps(graph, source, classIds);
  return graph.output(graph.op('Cast', [values], { to: elementTypes.float32 }));
}

/** The tensors of the file that it reads. */
export function evidenceTensors({ source }: EvidencePlan): readonly string[] {
  if (source.kind === 'scores') return [source.tensor];
  return [...tensorsOf(source.tensor, source.view), source.weights];
}

/** [B, rows, anchors], of the type that the model computes in; all classes by id where `rows` says no others. */
export function addScores(
  graph: GraphBuilder,
  { tensor, classAxis, start, classes }: ScoreSource,
  rows?: string,
): string {
  const all = graph.sliced(tensor, classAxis, { start, end: start + classes, step: 1 });
  const chosen = rows === undefined ? all : graph.op('Gather', [all, rows], { axis: classAxis });
  return classAxis === 1 ? chosen : graph.transposed(chosen);
}

/** Class activation maps (Zhou et al. 2016, arXiv 1512.04150): the product of the weights with the features of every cell instead of with their mean. */
function addActivationMaps(
  graph: GraphBuilder,
  source: FeatureSource,
  classIds: readonly number[] | undefined,
): string {
  const { weights, weightsOrder, channels, classes, levels } = source;
  const float32 = (tensor: string) => graph.op('Cast', [tensor], { to: elementTypes.float32 });
  const flat = graph.op('Reshape', [float32(addView(graph, source)), graph.integers([0, 0, -1])]);
  const numbers = float32(weights);
  const byClass =
    weightsOrder === 'classes-first' ? numbers : graph.op('Transpose', [numbers], { perm: [1, 0] });
  const chosen = classIds
    ? graph.op('Gather', [byClass, graph.integers(classIds)], { axis: 0 })
    : byClass;
  const [{ gridHeight, gridWidth }] = levels;
  const columns = gridHeight * gridWidth;
  const size = { rows: classIds?.length ?? classes, depth: channels, columns };
  const rows = graph.op('Reshape', [chosen, graph.integers([1, -1, channels])]);
  return addSteadyProduct(graph, { rows, matrix: flat, size });
}
