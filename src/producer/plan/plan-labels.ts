import { basename } from 'node:path';
import { matchClasses } from '../../evaluate/labels/class-matching.ts';
import type { LabelSource } from '../../evaluate/labels/label-source.ts';
import { isLabeled } from '../../evaluate/labels/label-source.ts';
import { sigmasOfShape } from '../../evaluate/matching/keypoint-overlap.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { LabelEntry, LabelSpec } from '../../shared/run/labels/label.ts';
import type { ShardCut } from '../../shared/run/planned-shards.ts';
import type { ModelSpec } from '../../shared/run/run-spec.ts';
import { findsKeypoints } from '../../shared/run/task-traits.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import type { DataYaml } from '../dataset/data-yaml.ts';
import { findDataYaml } from '../dataset/find-data-yaml.ts';
import type { ImagePlace } from '../dataset/image-source.ts';
import { isThere, type LabelSaid, labelSources } from '../dataset/label-sources.ts';
import { type SpooledLines, type SpooledParts, spoolLines } from '../spool/spooled-lines.ts';
import type { ListedDataset } from './listed-dataset.ts';
import { usedSigmas } from './used-sigmas.ts';

export interface LabelPlanRequest extends Notices {
  readonly said: LabelSaid;
  readonly source: ImagePlace;
  readonly dataset: Pick<ListedDataset, 'images' | 'samples'>;
  readonly model: Pick<ModelSpec, 'task' | 'classNames'>;
  /** As the model's file says it. */
  readonly keypointShape: readonly [number, number] | undefined;
  readonly storage: StoreOptions;
}

/** The labels of a dataset: listed, not read. */
export interface PlannedLabels {
  readonly spec: LabelSpec;
  /** In shards as the manifest. */
  parts(cut: ShardCut): SpooledParts;
  /** A line for each image, in their order, without its newline. */
  lines(): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Finds the labels of a listed dataset: the first place that has any. `undefined` where nobody labeled it, and with `--no-labels`. Labels that were
 * not asked for keep no run from being planned: what hinders is a warning.
 *
 * @throws EigenfleetError `dataset` when labels were asked for and there are none.
 */
export async function planLabels(request: LabelPlanRequest): Promise<PlannedLabels | undefined> {
  const { said, warn, source } = request;
  if (said === false) return undefined;
  try {
    for (const candidate of labelSources(request)) {
      const planned = await read(candidate, request);
      if (planned !== undefined) return planned;
    }
  } catch (error) {
    if (said !== undefined || !(error instanceof EigenfleetError)) throw error;
    warn(`Labels are not used: ${error.message} --no-labels does not look for them.`);
  }
  if (said === undefined) return undefined;
  if (!(await isThere(said))) {
    throw new EigenfleetError('dataset', `There is nothing at ${said}. Check --labels.`);
  }
  throw new EigenfleetError(
    'dataset',
    `${said} has no label of an image of ${source.description}. Label files are called as their images, with .txt for the extension, and lie as the images do. Check --labels.`,
  );
}

async function read(
  candidate: LabelSource,
  request: LabelPlanRequest,
): Promise<PlannedLabels | undefined> {
  const { source, dataset, model, warn } = request;
  let images = 0;
  const lines = await spoolLines(candidate.entries(dataset.samples()), (entry) => {
    if (isLabeled(entry)) images += 1;
    return `${JSON.stringify(stored(entry))}\n`;
  });
  if (images === 0) {
    await lines.close();
    return undefined;
  }
  const yaml = candidate.classNames() === undefined ? await findDataYaml(request) : undefined;
  const names = candidate.classNames() ?? source.classNames ?? yaml?.classNames;
  const from = candidate.classNames() ? candidate.description : (yaml?.file ?? source.source);
  const matched = names === undefined ? {} : matchClasses(names, model.classNames, basename(from));
  const { warning } = matched;
  const isNamed = source.classNames !== undefined && candidate.classNames() === undefined;
  // What a data.yaml that was given as --images is called like was said when the model was opened.
  if (warning !== undefined && !(isNamed && warning.startsWith('No class'))) warn(warning);
  if (matched.classes?.every(({ classId }) => classId === null)) return withoutClasses(lines);
  return plannedOf(candidate, lines, { ...request, images, classes: matched.classes, yaml });
}

async function withoutClasses(lines: SpooledLines): Promise<undefined> {
  await lines.close();
  return undefined;
}

interface Facts extends LabelPlanRequest {
  readonly images: number;
  readonly classes: LabelSpec['classes'];
  readonly yaml: Pick<DataYaml, 'keypointShape' | 'keypointSigmas'> | undefined;
}

function plannedOf(
  { kind, rootUri }: LabelSource,
  lines: SpooledLines,
  { images, classes, yaml, said, source, dataset, model, keypointShape, warn }: Facts,
): PlannedLabels {
  const ofModel = findsKeypoints(model.task) ? keypointShape : undefined;
  const points = source.keypointShape ?? yaml?.keypointShape ?? ofModel;
  const sigmas = findsKeypoints(model.task)
    ? (usedSigmas(
        source.keypointSigmas ?? yaml?.keypointSigmas,
        [points?.[0], ofModel?.[0]],
        warn,
      ) ?? sigmasOfShape(points))
    : undefined;
  return {
    spec: {
      ...{ kind, rootUri, images, digest: lines.digest },
      ...(said !== undefined && { asked: true }),
      ...(classes && { classes }),
      ...(points && { keypointShape: [points[0], points[1]] }),
      ...(sigmas && { keypointSigmas: [...sigmas] }),
    },
    parts: (cut) => lines.parts(dataset.images, cut),
    lines: () => lines.lines(),
    close: () => lines.close(),
  };
}

/** The order of the fields is part of the digest. */
function stored({ file, size, labels, remarks }: LabelEntry): LabelEntry {
  return {
    ...(file && { file: { key: file.key, sizeBytes: file.sizeBytes, etag: file.etag } }),
    ...(size && { size }),
    ...(labels && { labels }),
    ...(remarks && { remarks }),
  };
}
