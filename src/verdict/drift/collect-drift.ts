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
import { type ChosenImages, SmallestHashes } from './smallest-hashes.ts';

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
 * Reads two runs into columns of constant size, each twice: which images are compared is chosen first, by their contents alone, and then only their values are kept. Images of the current run
 * are chosen before those of the baseline, so that what the baseline has of them is known as it comes, however large the baseline.
 */
export async function collectDrift(
  baseline: DriftSource,
  current: DriftSource,
  cap?: number,
): Promise<CollectedDrift> {
  const measured = await Promise.all([baseline, current].map(measuresInputs));
  const identity = measured.every(Boolean) ? 'pixels' : 'etag';
  const now = await chooseImages(current, new SmallestHashes(cap), identity);
  const columns = new DriftColumns(now.chosen);
  const isOfBoth = (hash: number) => columns.slotOf(hash) >= 0;
  const then = await chooseImages(baseline, new SmallestHashes(cap, isOfBoth), identity);
  const classes = new ClassLimit();
  await readInto(current, columns, now.chosen, classes);
  const before = new DriftColumns(then.chosen);
  await readInto(baseline, before, then.chosen, classes);
  return {
    identity,
    baseline: { ...then.counts, columns: before },
    current: { ...now.counts, columns },
    leftOut: classes.leftOut,
  };
}

async function chooseImages(
  { rows }: DriftSource,
  smallest: SmallestHashes,
  identity: CollectedDrift['identity'],
): Promise<{
  readonly counts: Pick<CollectedRun, 'images' | 'failed'>;
  readonly chosen: ChosenImages;
}> {
  let [images, failed] = [0, 0];
  for await (const { rows: some } of rows('contents')) {
    for (const row of some) {
      if (isExplained(row)) {
        smallest.add(keyHash(contentName(row, identity)), images + failed);
        images += 1;
      } else failed += 1;
    }
  }
  return { counts: { images, failed }, chosen: smallest.finish() };
}

/** Reads the images that were chosen. */
async function readInto(
  { rows, classNames }: DriftSource,
  columns: DriftColumns,
  chosen: ChosenImages,
  classes: ClassLimit,
): Promise<void> {
  const order = slotsByRow(chosen);
  let [number, next] = [0, 0];
  for await (const { rows: some, columns: ofRows } of rows()) {
    const taken: TakenRows = { rows: [], slots: [] };
    for (const row of some) {
      const slot = order[next];
      if (slot === undefined) break;
      if (chosen.rows[slot] !== number++) continue;
      next += 1;
      columns.place(slot, row);
      columns.put(slot, classes.within(classShares(row, classNames)));
      if (ofRows === undefined) columns.put(slot, comparedMeasures(row));
      taken.rows.push(ofRows?.at ?? 0);
      taken.slots.push(slot);
    }
    if (ofRows !== undefined) columns.putColumns(ofRows.columns, taken);
    if (next === order.length) return;
  }
}

/** Slots in the order in which their rows are read. */
function slotsByRow({ rows }: ChosenImages): Uint32Array {
  const room = 2 ** Math.ceil(Math.log2(rows.length + 1));
  const codes = Float64Array.from(rows, (row, slot) => row * room + slot).sort();
  return Uint32Array.from(codes, (code) => code % room);
}

/** Whether the first explained image of a run has measures of its pixels. */
async function measuresInputs({ rows }: DriftSource): Promise<boolean> {
  for await (const { rows: some } of rows('contents')) {
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
