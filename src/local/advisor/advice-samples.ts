import { openImageSource } from '../../producer/dataset/image-source.ts';
import { listDataset } from '../../producer/plan/listed-dataset.ts';
import { planLabels } from '../../producer/plan/plan-labels.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { type LabelReader, labelReader } from '../image-labels.ts';
import { type ExplainerPlan, planExplainer } from '../plan-explainer.ts';
import type { RunProgress } from '../run-progress.ts';

export interface AdviceRequest extends Notices {
  /** `model` and `images` are said. `layers`: only these are ranked. */
  readonly settings: RunSettings;
  /** Tensors with a grid, in the order of the graph: what is ranked when no layers are said. */
  readonly candidates: readonly string[];
  /** Names of the layers that a run takes when nothing is said. */
  readonly defaults: readonly string[];
  /** Ultralytics' `datasets_dir`. */
  readonly datasetsFolder?: string | undefined;
  readonly signal: AbortSignal;
  /** Nobody else uses this thread: few images are explained in it. */
  readonly ownsThread?: boolean | undefined;
  /** Called before the first pass, for what must be known before work that it would make useless. */
  onRankable?(): Promise<void>;
  /** Called before each pass of the images, with what it is for; the result is called before the first image and after each. */
  onPass?(words: string): (progress: RunProgress) => void;
}

/** Images, their labels, and the model with all candidate layers. */
export interface AdviceSamples {
  readonly plan: ExplainerPlan;
  readonly samples: readonly Sample[];
  readonly images: ObjectStore;
  /** Absent where nobody labeled them. */
  readonly labelsOf?: LabelReader;
}

/** Enough for intervals of a few hundredths. */
export const usualImages = 50;
/** What counts as confident. */
export const usualConfidence = 0.5;

/** Lists the images, finds their labels and plans the model. Throws `EigenfleetError` as a run does. */
export async function openAdviceSamples(request: AdviceRequest): Promise<AdviceSamples> {
  const { settings, candidates, datasetsFolder: datasetsDir } = request;
  const { images, split, include, exclude, limit = usualImages } = settings;
  if (images === undefined) {
    throw new EigenfleetError('usage', 'Which images? Give a folder with --images.');
  }
  const choice = { split, include, exclude, limit, datasetsDir };
  const source = await openImageSource({ source: images, ...choice, storage: settings });
  const planned = await planExplainer({
    ...request,
    imageCount: limit,
    settings: {
      ...{ conf: usualConfidence, layers: [...candidates], ...settings },
      // Nothing else is measured.
      ...{ components: [1], classes: ['none'], boxMaps: 0 },
    },
  });
  const plan = withActivations(planned);
  const dataset = await listDataset(source.pages());
  try {
    const samples: Sample[] = [];
    for await (const sample of dataset.samples()) samples.push(sample);
    const found = await planLabels({
      ...{ ...request, source, dataset, said: settings.labels, storage: settings },
      ...{ model: plan.model, keypointShape: plan.loaded.model.metadata.keypointShape },
    });
    const reading = { model: plan.model, storage: settings };
    const labelsOf = found && (await labelReader(found, reading));
    const store = openStore(source.rootUri, settings);
    return { plan, samples, images: store, ...(labelsOf && { labelsOf }) };
  } finally {
    await dataset.close();
  }
}

/** Of a classifier, where it sees a class is what heat is held against. */
function withActivations(plan: ExplainerPlan): ExplainerPlan {
  if (!traitsOf(plan.model.task).classifies) return plan;
  return { ...plan, options: { ...plan.options, classes: ['found'] } };
}
