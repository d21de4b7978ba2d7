import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { Slots } from '../../shared/host/threads/slots.ts';
import type { ExplainOptions, TargetLayer } from '../../shared/run/run-spec.ts';
import type { Task } from '../../shared/run/task-traits.ts';
import { parseSaid, type SaidSettings } from '../../shared/settings/said-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import type { Explainer } from '../../worker/explain/explainer.ts';
import { StageTimer } from '../../worker/explain/stage-timer.ts';
import { ImageLabels } from '../image-labels.ts';
import { type ExplainerPlan, planExplainer } from '../plan-explainer.ts';
import { type ReadImage, readImage } from '../read-image.ts';
import { startExplainer } from '../start-explainer.ts';
import { type ImageExplanation, imageExplanation } from './image-explanation.ts';
import { libraryNotices } from './library-notices.ts';

/** Settings of a dataset, its results and the command line, which do not apply to single images. */
type RunOnly =
  | (
      | 'images'
      | 'split'
      | 'include'
      | 'exclude'
      | 'limit'
      | 'out'
      | 'name'
      | 'run'
      | 'overlays'
      | 'overlayMap'
    )
  | (
      | 'candidates'
      | 'maps'
      | 'mapBits'
      | 'shardSize'
      | 'patience'
      | 'colors'
      | 'dryRun'
      | 'open'
      | 'json'
      | 'quiet'
      | 'model'
    );

/** The settings of `docs/configuration.md` by name, as in a config file, and callbacks for notices. */
export interface ModelOptions extends Omit<SaidSettings, RunOnly>, Partial<Notices> {
  /** Approximate number of images to explain: one after the other with all threads on each (1, the default), or several at once. */
  readonly expectedImages?: number;
}

/** A model on a device, ready to explain images. Holds threads until it is closed. */
export interface OpenModel {
  readonly task: Task;
  /** By class id. */
  readonly classNames: readonly string[];
  /** Pixels. */
  readonly inputHeight: number;
  /** Pixels. */
  readonly inputWidth: number;
  readonly targetLayers: readonly TargetLayer[];
  /** Every option that changes results, resolved. */
  readonly options: ExplainOptions;
  /** Such as `cpu` or `cuda:0`. */
  readonly device: string;
  /**
   * Explains one image to detections and maps in memory. Any number of calls may run at once; they wait for each other where that is no slower.
   *
   * @param image The bytes of an image file, its path, or its `s3://` address.
   * @returns The explanation; for an image that cannot be read, decoded or computed, a value with its reason.
   * @throws EigenfleetError `model` or `device` when the model fails on every image, `storage` when S3 is unusable, `usage` once the model is closed.
   */
  explain(image: string | Uint8Array): Promise<ImageExplanation>;
  /** Ends its threads once running calls are done. */
  close(): Promise<void>;
}

/** See `library.ts`. */
export async function openModel(model: string, options: ModelOptions): Promise<OpenModel> {
  const { note, warn, expectedImages = 1, ...said } = options;
  const settings = parseSaid({ ...said, model }, 'options');
  const notices = libraryNotices({ ...(note && { note }), ...(warn && { warn }) });
  const plan = await planExplainer({ settings, imageCount: 1, ...notices });
  const explainer = await startExplainer({ ...plan, note: notices.note, images: expectedImages });
  const labels = new ImageLabels({ settings, plan, warn: notices.warn });
  return openModelOf(plan, explainer, {
    read: (source) => readImage(source, settings),
    labelsOf: (source) => labels.read(source),
  });
}

interface ImageReading {
  read(source: string): Promise<ReadImage>;
  labelsOf(source: string): Promise<ReadLabels | undefined>;
}

function openModelOf(
  plan: ExplainerPlan,
  explainer: Explainer,
  { read, labelsOf }: ImageReading,
): OpenModel {
  const { task, classNames, inputHeight, inputWidth } = plan.model;
  const { targetLayers, options } = plan;
  const slots = new Slots(explainer.usefulConcurrency);
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  const explainOne = async (image: string | Uint8Array): Promise<ImageExplanation> => {
    const file = typeof image === 'string' ? await read(image) : fileOf(image);
    if (file.status !== 'success') return file;
    const labels = typeof image === 'string' ? await labelsOf(image) : undefined;
    const sample = await explainer.explain(file.bytes, new StageTimer(), labels);
    return imageExplanation(sample, { classNames, components: options.components });
  };
  return {
    ...{ task, classNames, inputHeight, inputWidth, targetLayers, options },
    device: explainer.inference.device,
    async explain(image) {
      if (closed !== undefined) throw closedError();
      const work = slots.run(() => explainOne(image));
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    close() {
      closed ??= Promise.allSettled(underWay).then(() => explainer.close());
      return closed;
    },
  };
}

function fileOf(bytes: Uint8Array): ReadImage {
  return { status: 'success', bytes };
}

function closedError(): EigenfleetError {
  return new EigenfleetError('usage', 'This model was closed: open it again with openModel().');
}
