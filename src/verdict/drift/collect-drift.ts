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
  readonly baseline: CollectedRun;
  readonly current: CollectedRun;
  /** What the baseline has of the images of `current.columns` that it holds too. */
  readonly shared: DriftColumns;
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
  const [now, then, shared] = [0, 1, 2].map(() => new DriftColumns(cap)) as Three;
  const wanting = (columns: DriftColumns) => ({ columns, wants: columns.wants.bind(columns) });
  const ofCurrent = await readInto(current, [wanting(now)], { identity, classes });
  now.finish();
  const both = { columns: shared, wants: (hash: number) => now.has(hash) && shared.wants(hash) };
  const ofBaseline = await readInto(baseline, [wanting(then), both], { identity, classes });
  return {
    identity,
    baseline: { ...ofBaseline, columns: then.finish() },
    current: { ...ofCurrent, columns: now },
    shared: shared.finish(),
    leftOut: classes.leftOut,
  };
}

type Three = [DriftColumns, DriftColumns, DriftColumns];

/** Adds each explained image to the columns that want it. */
async function readInto(
  { rows, classNames }: DriftSource,
  targets: readonly Target[],
  { identity, classes }: Pick<CollectedDrift, 'identity'> & { readonly classes: ClassLimit },
): Promise<Pick<CollectedRun, 'images' | 'failed'>> {
  let [images, failed] = [0, 0];
  for await (const { rows: some, columns: ofRows } of rows()) {
    const taken = targets.map((): TakenRows => ({ rows: [], slots: [] }));
    for (const row of some) {
      if (!isExplained(row)) {
        failed += 1;
        continue;
      }
      images += 1;
      const hash = keyHash(contentName(row, identity));
      if (!targets.some((target) => target.wants(hash))) continue;
      const { key, shard, row: place } = row;
      const shares = classes.within(classShares(row, classNames));
      const measures = ofRows === undefined ? comparedMeasures(row) : undefined;
      for (const [i, { columns, wants }] of targets.entries()) {
        if (!wants(hash)) continue;
        const slot = columns.add(hash, { key, shard, row: place });
        columns.put(slot, shares);
        if (measures !== undefined) columns.put(slot, measures);
        taken[i]?.rows.push(ofRows?.at ?? 0);
        taken[i]?.slots.push(slot);
      }
    }
    for (const [i, { columns }] of targets.entries()) {
      if (ofRows !== undefined) columns.putColumns(ofRows.columns, taken[i] as TakenRows);
      columns.settle();
    }
  }
  return { images, failed };
}

interface Target {
  readonly columns: DriftColumns;
  readonly wants: (hash: number) => boolean;
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
