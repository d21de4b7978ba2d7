import { setImmediate } from 'node:timers/promises';
import type { StoredCandidates } from '../../shared/results/candidates/decode-candidates.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { EvaluatedPart } from '../merge/evaluated-part.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import { EvaluationSums } from '../merge/evaluation-sums.ts';
import type { ObjectRow, ObjectTrust } from '../result/object-row.ts';
import { encodeObjects } from '../result/object-table.ts';
import { readTrustImage } from '../trust/read-trust-image.ts';
import { ShardTrust } from '../trust/shard-trust.ts';
import { candidateDetections } from './candidate-detections.ts';
import { type EvaluatedImage, evaluateImage } from './evaluate-image.ts';
import { groupsOf } from './image-group.ts';
import { candidatesOfRow, candidatesOfShard, precisionFormsOf } from './precision-image.ts';

/** Files of a run, or of one shard. */
export type StoredFiles = Pick<ObjectStore, 'get' | 'getRange' | 'uri'>;

/** One shard as it is stored, with the labels that count. */
export interface ShardToEvaluate {
  readonly spec: RunSpec;
  readonly setup: EvaluationSetup;
  readonly shard: number;
  /** In the order of the manifest, with labels; `mapRow` and the places of maps are those of the stored files. */
  readonly rows: readonly SampleRow[];
  /** Where the shard's files are; the worker has them in memory. */
  readonly stored: StoredFiles;
  /** Rows whose labels are others than those that the run read. */
  readonly changed?: ReadonlySet<number>;
}

export interface EvaluatedShard {
  readonly part: EvaluatedPart;
  /** A Parquet file of its objects. */
  readonly objects: Uint8Array;
}

/** Evaluates a shard from what is stored of it. Other work of the thread goes on between two images. */
export async function evaluateShard(shard: ShardToEvaluate): Promise<EvaluatedShard> {
  const { spec, setup, changed } = shard;
  const sums = new EvaluationSums(precisionFormsOf(spec));
  const candidates = await candidatesOfShard(shard.stored, spec, shard.shard);
  // Below the run's own threshold only its candidates say what there is.
  const isBelow = setup.confThreshold < spec.options.confThreshold;
  const rows = isBelow ? shard.rows.map((row) => lowered(row, candidates, setup)) : shard.rows;
  const groups = groupsOf(
    setup.rules.group,
    rows.map(({ key }) => key),
  );
  sums.addGroups(groups);
  const images: EvaluatedImage[] = [];
  const trust = new ShardTrust();
  for (const [index, row] of rows.entries()) {
    const image = evaluateImage({
      ...{ spec, setup, shard: shard.shard, row, group: groups[index] ?? row.key },
      changed: changed?.has(row.row) ?? false,
      candidates,
    });
    images.push(image);
    trust.add(await readTrustImage(shard, row, regionsOf(image, spec)));
    await setImmediate();
  }
  const objects: ObjectRow[] = [];
  // What the maps of other images say is known when all were read.
  const trusts = trust.build();
  for (const [index, { judged, objects: bare }] of images.entries()) {
    const ofImage = bare.map((one, i) => withTrust(one, trusts[index]?.[i]));
    sums.addImage(bare.length === 0 ? judged : { ...judged, objects: ofImage });
    for (const one of ofImage) objects.push(isBelow ? withoutPlace(one) : one);
  }
  return {
    part: {
      schema: 'evaluated@1',
      ...{ runId: spec.runId, shard: shard.shard, setup, sums: sums.pack() },
    },
    objects: encodeObjects(objects, spec.model.classNames),
  };
}

/** What maps are held against. All of the heat lies in a whole image, which is what a classifier judges. */
function regionsOf({ objects }: EvaluatedImage, { model }: RunSpec): readonly ObjectRow[] {
  return traitsOf(model.task).classifies ? [] : objects;
}

/** With the candidates above the threshold for its detections; what cannot be read has none. */
function lowered(
  row: SampleRow,
  candidates: StoredCandidates | undefined,
  { confThreshold }: EvaluationSetup,
): SampleRow {
  const own = candidatesOfRow(candidates, row.row);
  const { geometry } = row;
  if (own === undefined || geometry === undefined) return { ...row, detections: [] };
  return { ...row, detections: candidateDetections(own, geometry, confThreshold) };
}

/** The boxes of the row are others. */
function withoutPlace({ detection: _, ...one }: ObjectRow): ObjectRow {
  return one;
}

function withTrust(object: ObjectRow, trust: ObjectTrust = {}): ObjectRow {
  return Object.keys(trust).length === 0 ? object : { ...object, trust };
}
