import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { CollectedDrift } from './collect-drift.ts';
import { classSharePrefix } from './drift-row.ts';
import { leastDifference, onScale } from './measure-kind.ts';

/** Images that both runs hold and have a value of. */
export interface SharedValues {
  /** Slots of the current run's columns. */
  readonly slots: readonly number[];
  readonly before: Float64Array;
  readonly now: Float64Array;
  /** now - before on the measure's scale; 0 where it is less than half a bin. */
  readonly differences: Float64Array;
}

/** Images of the current run alone, and all of the baseline. */
export interface NewValues {
  readonly slots: readonly number[];
  readonly before: Float64Array;
  /** Slots of `before` in the baseline's columns. */
  readonly beforeSlots: readonly number[];
  readonly now: Float64Array;
}

/** The images of a comparison, by which run holds them. */
export interface DriftSplit {
  /** Slots of the current run and of `CollectedDrift.shared`. */
  readonly shared: readonly (readonly [now: number, before: number])[];
  /** Slots of the current run. */
  readonly added: readonly number[];
}

export function splitImages({ current, shared }: CollectedDrift): DriftSplit {
  const pairs: (readonly [number, number])[] = [];
  const added: number[] = [];
  current.columns.hashes.forEach((hash, slot) => {
    const before = shared.slotOf(hash);
    if (before === undefined) added.push(slot);
    else pairs.push([slot, before]);
  });
  return { shared: pairs, added };
}

/** Values of one measure, where it is defined. */
export function sharedValues(
  collected: CollectedDrift,
  split: DriftSplit,
  name: string,
  scale: MeasureScale,
): SharedValues {
  const [now, before] = [
    filled(collected.current.columns.column(name), name),
    filled(collected.shared.column(name), name),
  ];
  const pairs = split.shared.filter(
    ([slot, other]) => Number.isFinite(now[slot]) && Number.isFinite(before[other]),
  );
  const least = leastDifference(scale);
  const differences = Float64Array.from(pairs, ([slot, other]) => {
    const difference =
      onScale(now[slot] as number, scale) - onScale(before[other] as number, scale);
    return Math.abs(difference) <= least ? 0 : difference;
  });
  return {
    slots: pairs.map(([slot]) => slot),
    before: Float64Array.from(pairs, ([, other]) => before[other] as number),
    now: Float64Array.from(pairs, ([slot]) => now[slot] as number),
    differences,
  };
}

export function newValues(
  { current, baseline }: CollectedDrift,
  { added }: DriftSplit,
  name: string,
): NewValues {
  const now = filled(current.columns.column(name), name);
  const before = filled(baseline.columns.column(name), name);
  const slots = added.filter((slot) => Number.isFinite(now[slot]));
  const beforeSlots = [...before.keys()].filter((slot) => Number.isFinite(before[slot]));
  return {
    slots,
    beforeSlots,
    before: Float64Array.from(beforeSlots, (slot) => before[slot] as number),
    now: Float64Array.from(slots, (slot) => now[slot] as number),
  };
}

/** A class that was not found has a share of 0: only those found are stored. */
function filled(column: Float32Array, name: string): Float32Array {
  if (!name.startsWith(classSharePrefix)) return column;
  return column.map((value) => (Number.isNaN(value) ? 0 : value));
}
