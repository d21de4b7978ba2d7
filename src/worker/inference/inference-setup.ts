import type { BoxMapPlan } from '../../model/box-maps/box-map-plan.ts';
import type { ActivationLayer } from '../../model/eigen-cam/eigen-cam-graph.ts';
import type { EvidencePlan } from '../../model/evidence/evidence-source.ts';
import type { Device } from '../../model/runtime/devices.ts';
import type { ModelWeights } from '../../model/runtime/model-weights.ts';
import type { BasisPlan, ExplainPlan, ModelFacts } from '../../model/session/augmented-graph.ts';
import type { Preprocessing } from '../../model/session/preprocessing.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

/** What an inference thread is started with. */
export interface InferenceSetup {
  /** `sums`: only sums of activations are wanted, of many images together. */
  readonly purpose: 'explain' | 'sums';
  readonly modelPath: string;
  readonly weights: ModelWeights;
  readonly facts: ModelFacts;
  readonly layers: readonly ActivationLayer[];
  /** The highest component asked for, counted from 1. */
  readonly components: number;
  /** Absent: each image's own components. */
  readonly basis?: BasisPlan | undefined;
  readonly padding: ExplainOptions['padding'];
  /** Every class score of an anchor leaves the graph. */
  readonly allScores: boolean;
  /** Every class score leaves the graph beside the best; absent: no. */
  readonly candidates?: boolean | undefined;
  /** Absent: no class evidence. */
  readonly evidence?: EvidencePlan | undefined;
  /** Absent: no box maps. */
  readonly boxMaps?: BoxMapPlan | undefined;
  readonly preprocessing: Preprocessing;
  readonly device: Device;
  readonly threads: number;
  /** Images per run of the session; black images fill up the rest. */
  readonly batch: number;
  /** Not 0 when the process ends: nothing starts then. */
  readonly stop: Int32Array;
}

/** What the thread adds to the model's graph. */
export function explainPlanOf(setup: InferenceSetup): ExplainPlan {
  const { layers, components, basis, device, preprocessing, allScores, candidates } = setup;
  const { evidence, boxMaps } = setup;
  return {
    ...{ layers, components, basis, device, preprocessing, allScores, candidates },
    ...{ evidence, boxMaps },
  };
}
