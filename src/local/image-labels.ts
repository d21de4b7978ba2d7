import { type ReadLabels, readLabels } from '../evaluate/labels/read-labels.ts';
import { openImageSource } from '../producer/dataset/image-source.ts';
import { listDataset } from '../producer/plan/listed-dataset.ts';
import { type PlannedLabels, planLabels } from '../producer/plan/plan-labels.ts';
import { EigenfleetError } from '../shared/errors.ts';
import { mostFileBytes } from '../shared/host/regular-file.ts';
import { type LabelEntry, labelEntrySchema } from '../shared/run/labels/label.ts';
import type { ModelSpec } from '../shared/run/run-spec.ts';
import { findsKeypoints } from '../shared/run/task-traits.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import { openStore, type StoreOptions } from '../shared/storage/open-store.ts';
import { fetchSample } from '../worker/shard/fetch-sample.ts';
import type { ExplainerPlan } from './plan-explainer.ts';

export interface ImageLabelsRequest {
  readonly settings: RunSettings;
  readonly plan: Pick<ExplainerPlan, 'model' | 'loaded'>;
  warn(line: string): void;
}

/** Finds the labels of single images as a run finds those of a dataset. */
export class ImageLabels {
  readonly #request: ImageLabelsRequest;
  readonly #warned = new Set<string>();

  constructor(request: ImageLabelsRequest) {
    this.#request = request;
  }

  /**
   * Returns the labels of an image, a path or an address; `undefined` where it has none.
   *
   * @throws EigenfleetError `dataset` when `--labels` was given and there are none.
   */
  async read(image: string): Promise<ReadLabels | undefined> {
    const { settings, plan } = this.#request;
    if (settings.labels === false) return undefined;
    const source = await openImageSource({ source: image, storage: settings }).catch(refused);
    if (source === undefined) return undefined;
    const dataset = await listDataset(source.pages()).catch(refused);
    if (dataset === undefined) return undefined;
    const found = await planLabels({
      ...{ source, dataset, model: plan.model, said: settings.labels, storage: settings },
      keypointShape: plan.loaded.model.metadata.keypointShape,
      note: () => {},
      warn: (line) => this.#warnOnce(line),
    });
    if (found === undefined) return undefined;
    const labelsOf = await labelReader(found, { model: plan.model, storage: settings });
    return labelsOf(0, image);
  }

  /** What is wrong with a data.yaml is so for all images. */
  #warnOnce(line: string): void {
    if (!this.#warned.has(line)) this.#request.warn(line);
    this.#warned.add(line);
  }
}

/** Reads the labels of the dataset's image at `index`; `key` is its name in remarks. */
export type LabelReader = (index: number, key: string) => Promise<ReadLabels>;

/** Reads the labels that were planned for a few images, and closes their list. */
export async function labelReader(
  found: PlannedLabels,
  { model, storage }: { model: Pick<ModelSpec, 'classNames' | 'task'>; storage: StoreOptions },
): Promise<LabelReader> {
  const entries = await entriesOf(found);
  const { classNames, task } = model;
  const context = { spec: found.spec, classNames, withKeypoints: findsKeypoints(task) };
  const store = openStore(found.spec.rootUri, storage);
  return (index, key) =>
    readLabels(entries[index] ?? {}, { ...context, key }, (file) =>
      fetchSample(file, store, undefined, mostFileBytes.labels),
    );
}

async function entriesOf(found: PlannedLabels): Promise<LabelEntry[]> {
  const entries: LabelEntry[] = [];
  try {
    for await (const { bytes } of found.parts(1)) {
      entries.push(labelEntrySchema.parse(JSON.parse(new TextDecoder().decode(bytes))));
    }
    return entries;
  } finally {
    await found.close();
  }
}

/** Explaining the image says why it cannot be read. */
function refused(error: unknown): undefined {
  if (error instanceof EigenfleetError) return undefined;
  throw error;
}
