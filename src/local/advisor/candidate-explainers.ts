import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import type { ActivationLayer } from '../../model/eigen-cam/eigen-cam-graph.ts';
import type { ExplainedSample, Explainer } from '../../worker/explain/explainer.ts';
import { StageTimer } from '../../worker/explain/stage-timer.ts';
import type { ExplainerPlan } from '../plan-explainer.ts';
import { type ExplainerStart, startExplainer } from '../start-explainer.ts';

/** Activations that one pass through the model may hold for decomposition; all layers of all but the largest models at the largest sizes fit. */
const mostPassBytes = 2 ** 30;

interface CandidateStart extends Pick<ExplainerStart, 'images' | 'note' | 'ownsThread'> {
  readonly layers: readonly string[];
}

type Explained = Extract<ExplainedSample, { readonly status: 'success' }>;

/** Explains images on more layers than one pass may hold: the layers in groups, a pass for each. */
export class CandidateExplainers {
  readonly #explainers: readonly Explainer[];

  private constructor(explainers: readonly Explainer[]) {
    this.#explainers = explainers;
  }

  static async start(
    plan: ExplainerPlan,
    { layers, ...start }: CandidateStart,
  ): Promise<CandidateExplainers> {
    const chosen = plan.loaded.layers.filter(({ name }) => layers.includes(name));
    const explainers: Explainer[] = [];
    try {
      for (const group of passesOf(chosen)) {
        explainers.push(await startExplainer({ ...withLayers(plan, group), ...start }));
      }
    } catch (error) {
      await closeAll(explainers);
      throw error;
    }
    return new CandidateExplainers(explainers);
  }

  get usefulConcurrency(): number {
    return Math.min(...this.#explainers.map((one) => one.usefulConcurrency));
  }

  /** The image with all its layers, in the order of the graph. */
  async explain(bytes: Uint8Array, labels: ReadLabels | undefined): Promise<ExplainedSample> {
    let all: Explained | undefined;
    for (const explainer of this.#explainers) {
      const sample = await explainer.explain(bytes, new StageTimer(), labels);
      if (sample.status !== 'success') return sample;
      all = all === undefined ? sample : { ...all, layers: [...all.layers, ...sample.layers] };
    }
    if (all === undefined) throw new RangeError('expected at least one layer');
    return all;
  }

  close(): Promise<void> {
    return closeAll(this.#explainers);
  }
}

async function closeAll(explainers: readonly Explainer[]): Promise<void> {
  for (const one of explainers) await one.close();
}

/** Cuts layers into passes of at most `mostBytes` of float32 activations, each with at least one layer. */
export function passesOf(
  layers: readonly Pick<ActivationLayer, 'name' | 'channels' | 'gridHeight' | 'gridWidth'>[],
  mostBytes = mostPassBytes,
): string[][] {
  const passes: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { name, channels, gridHeight, gridWidth } of layers) {
    const own = 4 * channels * gridHeight * gridWidth;
    if (bytes + own > mostBytes) {
      passes.push([]);
      bytes = 0;
    }
    passes.at(-1)?.push(name);
    bytes += own;
  }
  return passes;
}

function withLayers(plan: ExplainerPlan, names: readonly string[]): ExplainerPlan {
  const isIn = ({ name }: { readonly name: string }) => names.includes(name);
  const { loaded, targetLayers, options } = plan;
  return {
    ...plan,
    loaded: { ...loaded, layers: loaded.layers.filter(isIn) },
    targetLayers: targetLayers.filter(isIn),
    options: {
      ...options,
      targetLayers: options.targetLayers.filter((name) => names.includes(name)),
    },
  };
}
