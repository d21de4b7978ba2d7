import { ultralyticsDatasetsFolder } from '../../producer/dataset/datasets-folder.ts';
import type { LayerAdvice } from '../../report/advice/layer-advice.ts';
import { yoloConfigFolder } from '../../shared/host/environment.ts';
import { parseSaid } from '../../shared/settings/said-settings.ts';
import { type AdviceOutcome, adviseLayers } from '../advisor/advise-layers.ts';
import { rankableLayers, readModelDescription } from '../read-model-description.ts';
import { libraryNotices } from './library-notices.ts';
import type { RunOptions } from './run-dataset.ts';

type Taken =
  | ('images' | 'split' | 'include' | 'exclude' | 'labels' | 'limit' | 'task' | 'names' | 'imgsz')
  | ('prepare' | 'scale' | 'mean' | 'std' | 'channelOrder' | 'rect' | 'maxPixels' | 'layers')
  | ('sign' | 'padding' | 'resize' | 'conf' | 'iou' | 'maxDet' | 'device' | 'threads')
  | ('s3Endpoint' | 's3Region' | 'note' | 'warn' | 'onProgress' | 'signal');

/** The settings of `eigenfleet layers` with `--images`, by name; `images` is needed. */
export type RankLayersOptions = Pick<RunOptions, Taken>;

export type RankedLayers =
  | { readonly status: 'ranked'; readonly advice: LayerAdvice }
  | Exclude<AdviceOutcome, { readonly status: 'ranked' }>;

/** See `library.ts`. */
export async function rankLayersOf(
  model: string,
  { note, warn, onProgress, signal, ...said }: RankLayersOptions,
): Promise<RankedLayers> {
  const settings = parseSaid({ ...said, model }, 'options');
  const notices = libraryNotices({ ...(note && { note }), ...(warn && { warn }) });
  const named = { ...notices, named: 'model' };
  const { description } = await readModelDescription(model, settings, named);
  const outcome = await adviseLayers({
    ...{ settings, ...notices, signal: signal ?? new AbortController().signal },
    ...rankableLayers(description),
    datasetsFolder: await ultralyticsDatasetsFolder(yoloConfigFolder()),
    onPass: () => (progress) => onProgress?.(progress),
  });
  return outcome.status === 'ranked' ? { status: 'ranked', advice: outcome.advice } : outcome;
}
