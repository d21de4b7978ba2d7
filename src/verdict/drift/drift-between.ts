import { usualGroup } from '../../evaluate/merge/evaluation-setup.ts';
import { groupOf } from '../../evaluate/objects/image-group.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Drift } from './drift.ts';
import type { DriftRow, DriftSource } from './drift-row.ts';
import { measureDrift } from './measure-drift.ts';
import { storedDriftSource } from './stored-source.ts';

export interface DriftedRun {
  readonly store: ObjectStore;
  readonly runId: string;
  /** sha256 of its model's file. */
  readonly modelSha256: string;
}

/** What is tested of a run, and how strictly. */
export interface DriftScope {
  /** Of the discoveries of one comparison; 0.05 when absent. Comparisons that come again, night after night, share a budget. */
  readonly falseDiscoveryRate?: number | undefined;
  /** Keys of the images of the current run that are tested; all of them when absent. */
  readonly includes?: ((key: string) => boolean) | undefined;
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
  { falseDiscoveryRate, includes }: DriftScope = {},
): Promise<Drift> {
  const [before, all] = await Promise.all([sourceOf(baseline), sourceOf(current)]);
  const now = includes === undefined ? all : onlySome(all, includes);
  const isSameModel = baseline.modelSha256 === current.modelSha256;
  return measureDrift(before, now, {
    groupOf: group === usualGroup ? undefined : groupOf(group),
    ...(!isSameModel && { families: ['inputs'] }),
    ...(falseDiscoveryRate !== undefined && { falseDiscoveryRate }),
  });
}

function onlySome(source: DriftSource, includes: (key: string) => boolean): DriftSource {
  return {
    classNames: source.classNames,
    rows: async function* (needed) {
      for await (const { rows, columns } of source.rows(needed)) {
        yield { rows: included(rows, includes), ...(columns && { columns }) };
      }
    },
  };
}

function* included(rows: Iterable<DriftRow>, includes: (key: string) => boolean) {
  for (const row of rows) if (includes(row.key)) yield row;
}

function sourceOf({ store, runId }: DriftedRun) {
  return storedDriftSource(store, runId);
}
