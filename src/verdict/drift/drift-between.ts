import { usualGroup } from '../../evaluate/merge/evaluation-setup.ts';
import { groupOf } from '../../evaluate/objects/image-group.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Drift } from './drift.ts';
import { measureDrift } from './measure-drift.ts';
import { storedDriftSource } from './stored-source.ts';

export interface DriftedRun {
  readonly store: ObjectStore;
  readonly runId: string;
  /** sha256 of its model's file. */
  readonly modelSha256: string;
}

/**
 * How the images of one finished run differ from those of an earlier one. Another model finds other objects in the same images: then only their pixels are tested, which no model
 * changes.
 *
 * @param group rule of grouping: images of a video are no independent witnesses of drift
 * @throws EigenfleetError `storage` where a run or a file of it cannot be read.
 */
export async function driftBetween(
  baseline: DriftedRun,
  current: DriftedRun,
  group: string,
): Promise<Drift> {
  const [before, now] = await Promise.all([sourceOf(baseline), sourceOf(current)]);
  const isSameModel = baseline.modelSha256 === current.modelSha256;
  return measureDrift(before, now, {
    groupOf: group === usualGroup ? undefined : groupOf(group),
    ...(!isSameModel && { families: ['inputs'] }),
  });
}

function sourceOf({ store, runId }: DriftedRun) {
  return storedDriftSource(store, runId);
}
