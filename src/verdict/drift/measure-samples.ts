import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { CollectedDrift } from './collect-drift.ts';
import { classSharePrefix } from './drift-row.ts';
import { leastDifference, onScale } from './measure-kind.ts';

/** Images that both runs hold and have a value of. */
export interface SharedValues {
  /** Slots of the current run's columns. */
  readonly slots: Uint32Array;
  readonly before: Float64Array;
  readonly now: Float64Array;
  /** now - before on the measure's scale; 0 where it is less than half a bin. */
  readonly differences: Float64Array;
}

/** Images of the current run alone, and all of the baseline. */
export interface NewValues {
  readonly slots: Uint32Array;
  readonly before: Float64Array;
  /** Slots of `before` in the baseline's columns. */
  readonly beforeSlots: Uint32Array;
  readonly now: Float64Array;
}

/** The images of a comparison, by which run holds them. */
export interface DriftSplit {
  /** Images that both hold: slots of the current run, and of `CollectedDrift.shared`. */
  readonly shared: { readonly now: Uint32Array; readonly before: Uint32Array };
  /** Slots of the current run. */
  readonly added: Uint32Array;
}

export function splitImages({ current, shared }: CollectedDrift): DriftSplit {
  const [now, before, added]: [number[], number[], number[]] = [[], [], []];
  current.columns.hashes.forEach((hash, slot) => {
    const other = shared.slotOf(hash);
    if (other === undefined) {
      added.push(slot);
      return;
    }
    now.push(slot);
    before.push(other);
  });
  return {
    shared: { now: Uint32Array.from(now), before: Uint32Array.from(before) },
    added: Uint32Array.from(added),
  };
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
  const { shared } = split;
  const places = definedPlaces(shared.now, now, shared.before, before);
  const slots = placed(shared.now, places);
  const values = { before: at(before, placed(shared.before, places)), now: at(now, slots) };
  const least = leastDifference(scale);
  const differences = new Float64Array(slots.length);
  for (let i = 0; i < slots.length; i++) {
    const [after, former] = [values.now[i] as number, values.before[i] as number];
    const difference = onScale(after, scale) - onScale(former, scale);
    differences[i] = Math.abs(difference) <= least ? 0 : difference;
  }
  return { slots, ...values, differences };
}

export function newValues(
  { current, baseline }: CollectedDrift,
  { added }: DriftSplit,
  name: string,
): NewValues {
  const now = filled(current.columns.column(name), name);
  const before = filled(baseline.columns.column(name), name);
  const all = Uint32Array.from({ length: before.length }, (_, slot) => slot);
  const slots = placed(added, definedPlaces(added, now));
  const beforeSlots = placed(all, definedPlaces(all, before));
  return { slots, beforeSlots, before: at(before, beforeSlots), now: at(now, slots) };
}

/** Where a column has a value at a list of slots, and another one at its own. Loops, because a hundred columns of a hundred thousand images are looked at. */
function definedPlaces(
  slots: Uint32Array,
  column: Float32Array,
  otherSlots = slots,
  other = column,
): Uint32Array {
  const places = new Uint32Array(slots.length);
  let count = 0;
  for (let i = 0; i < slots.length; i++) {
    const isDefined =
      Number.isFinite(column[slots[i] as number]) &&
      Number.isFinite(other[otherSlots[i] as number]);
    if (isDefined) places[count++] = i;
  }
  return places.subarray(0, count);
}

function placed(slots: Uint32Array, places: Uint32Array): Uint32Array {
  return places.map((place) => slots[place] as number);
}

function at(column: Float32Array, slots: Uint32Array): Float64Array {
  const values = new Float64Array(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = column[slots[i] as number] as number;
  return values;
}

/** A class that was not found has a share of 0: only those found are stored. */
function filled(column: Float32Array, name: string): Float32Array {
  if (!name.startsWith(classSharePrefix)) return column;
  const shares = column.slice();
  for (let i = 0; i < shares.length; i++) if (Number.isNaN(shares[i])) shares[i] = 0;
  return shares;
}
