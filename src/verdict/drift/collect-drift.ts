import { contentHash, DriftColumns } from './drift-columns.ts';
import {
  classSharePrefix,
  contentName,
  type DriftRow,
  type DriftSource,
  type DriftValues,
  driftValues,
  hasInputs,
  mostClasses,
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
  for await (const row of rows()) {
    if (!isExplained(row)) {
      failed += 1;
      continue;
    }
    images += 1;
    const hash = contentHash(contentName(row, identity));
    const wanting = targets.filter((target) => target.wants(hash));
    if (wanting.length === 0) continue;
    const values = classes.within(driftValues(row, classNames));
    const { key, shard, row: place } = row;
    for (const { columns } of wanting) columns.add(hash, { key, shard, row: place }, values);
  }
  return { images, failed };
}

interface Target {
  readonly columns: DriftColumns;
  readonly wants: (hash: number) => boolean;
}

/** Whether the first explained image of a run has measures of its pixels. */
async function measuresInputs({ rows }: DriftSource): Promise<boolean> {
  for await (const row of rows()) if (isExplained(row)) return hasInputs(row);
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

  within({ names, values }: DriftValues): DriftValues {
    const isTaken = names.map((name) => this.#takes(name));
    if (isTaken.every(Boolean)) return { names, values };
    return {
      names: names.filter((_, i) => isTaken[i]),
      values: values.filter((_, i) => isTaken[i]),
    };
  }

  #takes(name: string): boolean {
    if (!name.startsWith(classSharePrefix) || this.#known.has(name)) return true;
    const fits = this.#known.size < mostClasses;
    (fits ? this.#known : this.#refused).add(name);
    return fits;
  }
}
