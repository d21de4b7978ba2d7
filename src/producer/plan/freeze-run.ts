import { assertBasisOptions } from '../../model/basis/basis-for-model.ts';
import { assertComponents } from '../../model/eigen-cam/component-limit.ts';
import type { ShardCut } from '../../shared/run/planned-shards.ts';
import type { ExplainOptions, ModelSpec, RunSpec, TargetLayer } from '../../shared/run/run-spec.ts';
import { usualShardSize } from '../../shared/settings/shard-size.ts';
import type { ImageSource } from '../dataset/image-source.ts';
import type { OpenedBasis } from '../model/open-basis.ts';
import { shardCountOf } from '../spool/shard-plan.ts';
import type { SpooledParts } from '../spool/spooled-lines.ts';
import { lowestLimit } from './key-mixes.ts';
import type { ListedDataset } from './listed-dataset.ts';
import type { PlannedLabels } from './plan-labels.ts';
import { runIdOf } from './run-id.ts';
import { stableShards } from './stable-shards.ts';

export interface RunPlanRequest {
  readonly model: ModelSpec;
  /** In the order of `options.targetLayers`. */
  readonly targetLayers: readonly TargetLayer[];
  readonly source: Pick<ImageSource, 'source' | 'rootUri' | 'datasetName'>;
  /** The source's samples, listed once; closed by the caller after the plan is written. */
  readonly dataset: ListedDataset;
  /** Of the dataset; they are not part of the run's id, which corrected labels leave as it is. */
  readonly labels?: PlannedLabels | undefined;
  /** How images are grouped when they are compared with their labels; not part of the run's id. */
  readonly group?: string | undefined;
  readonly options: ExplainOptions;
  /** Which `options` mean. */
  readonly basis?: OpenedBasis | undefined;
  /** As the person gave it; the run id must not depend on how a default size is chosen. */
  readonly saidShardSize: number | undefined;
  readonly versions: Readonly<Record<string, string>>;
  /** The command that repeats this run. */
  readonly command: string;
  readonly plannedAt: Date;
  /** Whose run it is: those of two audits over the same images are two runs. */
  readonly owner?: string | undefined;
}

export interface RunPlan {
  readonly spec: RunSpec;
  /** To be kept beside the run. */
  readonly basis?: Pick<OpenedBasis, 'sha256' | 'bytes'> | undefined;
  /** The images in shards of this size; none where the images were not listed. */
  manifests(cut: ShardCut): SpooledParts;
  /** Of the labels, in shards of this size; absent where there are none. */
  labelParts?(cut: ShardCut): SpooledParts;
  /** Where the results of its images are taken over from, in the shards of the spec; absent where none are. */
  carryParts?(): SpooledParts;
}

/**
 * Assembles a run's spec, before anything is written.
 *
 * @throws EigenfleetError `usage` for a component that a target layer cannot have.
 */
export function freezeRun(request: RunPlanRequest): RunPlan {
  const { model, targetLayers, source, dataset, labels, options, saidShardSize, basis } = request;
  const stable = stableParts(request);
  assertComponents(options.components, targetLayers);
  if (basis !== undefined) assertBasisOptions(options, basis.description);
  const runId = runIdOf({
    ...{ datasetName: source.datasetName, digest: dataset.digest, model },
    options: { ...options, shardSize: saidShardSize ?? usualShardSize },
    ...{ isCutByNames: dataset.mixes !== undefined, owner: request.owner },
  });
  return {
    spec: {
      schema: 'run@2',
      runId,
      plannedAt: request.plannedAt.toISOString(),
      model,
      targetLayers: [...targetLayers],
      dataset: {
        rootUri: source.rootUri,
        source: source.source,
        name: source.datasetName,
        images: dataset.images,
        shards: shardCountOf(dataset.images, stable.shardImages ?? options.shardSize),
        ...stable,
        sizeBytes: dataset.sizeBytes,
        digest: dataset.digest,
      },
      ...(labels && { labels: labels.spec }),
      ...(request.group !== undefined && { group: request.group }),
      options,
      ...(basis && { basis: basis.description }),
      versions: { ...request.versions },
      command: request.command,
    },
    basis,
    manifests: (cut) => dataset.manifests(cut),
    ...(labels && { labelParts: (cut) => labels.parts(cut) }),
  };
}

/** Where the dataset has `mixes`, shards end by the names of the images, and overlays are sampled by them. */
function stableParts({
  dataset,
  options,
}: RunPlanRequest): Pick<RunSpec['dataset'], 'shardImages' | 'sampleLimit'> {
  if (dataset.mixes === undefined) return {};
  const { all, sample } = options.overlays;
  return {
    shardImages: stableShards(dataset.mixes, options.shardSize),
    ...(!all && { sampleLimit: lowestLimit(dataset.mixes, sample) }),
  };
}
