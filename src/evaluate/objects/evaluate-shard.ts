import { setImmediate } from 'node:timers/promises';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { EvaluatedPart } from '../merge/evaluated-part.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import { EvaluationSums } from '../merge/evaluation-sums.ts';
import type { ObjectRow, ObjectTrust } from '../result/object-row.ts';
import { encodeObjects } from '../result/object-table.ts';
import { readTrustImage } from '../trust/read-trust-image.ts';
import { ShardTrust } from '../trust/shard-trust.ts';
import { type EvaluatedImage, evaluateImage } from './evaluate-image.ts';
import { groupOf } from './image-group.ts';
import { candidatesOfShard, precisionFormsOf } from './precision-image.ts';

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
  const { spec, setup, rows, changed } = shard;
  const groupOfKey = groupOf(setup.rules.group);
  const groups = rows.map(({ key }) => groupOfKey(key));
  const sums = new EvaluationSums(precisionFormsOf(spec));
  const candidates = await candidatesOfShard(shard.stored, spec, shard.shard);
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
    trust.add(await readTrustImage(shard, row, image.objects));
    await setImmediate();
  }
  const objects: ObjectRow[] = [];
  // What the maps of other images say is known when all were read.
  const trusts = trust.build();
  for (const [index, { judged, objects: bare }] of images.entries()) {
    const ofImage = bare.map((one, i) => withTrust(one, trusts[index]?.[i]));
    sums.addImage(bare.length === 0 ? judged : { ...judged, objects: ofImage });
    for (const one of ofImage) objects.push(one);
  }
  return {
    part: {
      schema: 'evaluated@1',
      ...{ runId: spec.runId, shard: shard.shard, setup, sums: sums.pack() },
    },
    objects: encodeObjects(objects, spec.model.classNames),
  };
}

function withTrust(object: ObjectRow, trust: ObjectTrust = {}): ObjectRow {
  return Object.keys(trust).length === 0 ? object : { ...object, trust };
}
