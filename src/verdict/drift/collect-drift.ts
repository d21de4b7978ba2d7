import { keyHash } from '../../shared/statistics/exemplars.ts';
import { DriftColumns, type TakenRows } from './drift-columns.ts';
import {
  classShares,
  comparedMeasures,
  contentName,
  type DriftRow,
  type DriftSource,
  hasInputs,
  mostClasses,
  type NamedValues,
} from './drift-row.ts';

/** What was read of one run. */
export interface CollectedRun {
  readonly images: number;
  readonly failed: number;
  readonly columns: DriftColumns;
}

export interface CollectedDrift {
  readonly identity: 'pixels' | 'etag';
  /** Its columns also hold what it has of all images of the current run. */
  readonly baseline: CollectedRun;
  readonly current: CollectedRun;
  /** Classes beyond the cap that are compared with nothing. */
  readonly leftOut: number;
}

/**
 * Reads two runs, one after the other, into columns of constant size. The current one is read first, so that the baseline's rows of the same contents are known as they come,
 * however large the baseline.
 */
export async function collectDrift(
  baseline: DriftSource,
  current: DriftSource,
  cap?: number,
): Promise<CollectedDrift> {
  const measured = await Promise.all([baseline, current].map(measuresInputs));
  const identity = measured.every(Boolean) ? 'pixels' : 'etag';
  const classes = new ClassLimit();
  const now = new DriftColumns(cap);
  const ofCurrent = await readInto(current, now, { identity, classes });
  now.finish();
  const then = new DriftColumns(cap, now.has.bind(now));
  const ofBaseline = await readInto(baseline, then, { identity, classes });
  return {
    identity,
    baseline: { ...ofBaseline, columns: then.finish() },
    current: { ...ofCurrent, columns: now },
    leftOut: classes.leftOut,
  };
}

/** Adds each explained image that the columns want. */
async function readInto(
  { rows, classNames }: DriftSource,
  columns: DriftColumns,
  { identity, classes }: Pick<CollectedDrift, 'identity'> & { readonly classes: ClassLimit },
): Promise<Pick<CollectedRun, 'images' | 'failed'>> {
  let [images, failed] = [0, 0];
  for await (const { rows: some, columns: ofRows } of rows()) {
    const taken: TakenRows = { rows: [], slots: [] };
    for (const row of some) {
      if (!isExplained(row)) {
        failed += 1;
        continue;
      }
      images += 1;
      const hash = keyHash(contentName(row, identity));
      if (!columns.wants(hash)) continue;
      const { key, shard, row: place } = row;
      const slot = columns.add(hash, { key, shard, row: place });
      columns.put(slot, classes.within(classShares(row, classNames)));
      if (ofRows === undefined) columns.put(slot, comparedMeasures(row));
      taken.rows.push(ofRows?.at ?? 0);
      taken.slots.push(slot);
    }
    if (ofRows !== undefined) columns.putColumns(ofRows.columns, taken);
    columns.settle();
  }
  return { images, failed };
}

/** Whether the first explained image of a run has measures of its pixels. */
async function measuresInputs({ rows }: DriftSource): Promise<boolean> {
  for await (const { rows: some } of rows()) {
    for (const row of some) if (isExplained(row)) return hasInputs(row);
  }
  return true;
}

function isExplained({ status }: DriftRow): boolean {
  return status === 'success';
}

/** Lets the first classes through, so that a dataset of a thousand does not hold a thousand columns. */
class ClassLimit {
  readonly #known = new Set<string>();
  readonly #refused = new Set<string>();

  get leftOut(): number {
    return this.#refused.size;
  }

  within({ names, values }: NamedValues): NamedValues {
    const isTaken = names.map((name) => this.#takes(name));
    if (isTaken.every(Boolean)) return { names, values };
    return {
      names: names.filter((_, i) => isTaken[i]),
      values: values.filter((_, i) => isTaken[i]),
    };
  }

  #takes(name: string): boolean {
    if (this.#known.has(name)) return true;
    const fits = this.#known.size < mostClasses;
    (fits ? this.#known : this.#refused).add(name);
    return fits;
  }
}
