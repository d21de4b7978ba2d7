import type { ExplainOptions, TargetLayer } from '../../shared/run/run-spec.ts';
import type { Task } from '../../shared/run/task-traits.ts';
import type { SaidSettings } from '../../shared/settings/said-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import type { ImageExplanation } from './image-explanation.ts';

/** Settings of a dataset, its results and the command line, which single images have no use for. */
type RunOnly =
  | ('images' | 'split' | 'include' | 'exclude' | 'limit' | 'out' | 'name' | 'run' | 'overlays')
  | ('maps' | 'shardSize' | 'patience' | 'colors' | 'dryRun' | 'open' | 'json' | 'quiet' | 'model');

/** The settings of `docs/configuration.md` by their names there, as a config file may say them, and where notices go. */
export interface ModelOptions extends Omit<SaidSettings, RunOnly>, Partial<Notices> {
  /** How many images are to be explained, about: one after the other with all threads at each (1, when left out), or several at once. */
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
  /** Every option that changes a result, as it was settled. */
  readonly options: ExplainOptions;
  /** Such as `cpu` or `cuda:0`. */
  readonly device: string;
  /**
   * Explains one image to detections and maps in memory. Any number of calls may be under way; they wait for each other where that is no slower.
   *
   * @param image The bytes of an image file, its path, or its `s3://` address.
   * @returns an image that cannot be read, decoded or computed as a value with its reason.
   * @throws EigenfleetError `model` or `device` when the model fails on every image, `storage` when S3 cannot be used, `usage` once it is closed.
   */
  explain(image: string | Uint8Array): Promise<ImageExplanation>;
  /** Ends its threads, when what is under way is done. */
  close(): Promise<void>;
}

/**
 * Reads a YOLOv8 model and loads it on the device that `device` names, `auto` unless said otherwise.
 *
 * @param model `.onnx` (also `s3://...`), `.pt` with its `.onnx` beside it, or a training folder.
 * @throws EigenfleetError `model` for the file, `usage` for options that do not fit it, `device` for one that does not work.
 */
export async function openModel(model: string, options: ModelOptions = {}): Promise<OpenModel> {
  const { openExplainer } = await import('./open-explainer.ts');
  return openExplainer(model, options);
}
