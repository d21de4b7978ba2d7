import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { CollectedDrift } from './collect-drift.ts';
import { leastDifference, onScale } from './measure-kind.ts';

/** Images that both runs hold and have a value of. */
export interface SharedValues {
  /** Slots of the current run's columns. */
  readonly slots: Uint32Array;
  readonly before: Float32Array;
  readonly now: Float32Array;
  /** now - before on the measure's scale; 0 where it is less than half a bin. */
  readonly differences: Float64Array;
}

/** Images of the current run alone, and all of the baseline. */
export interface NewValues {
  readonly slots: Uint32Array;
  readonly before: Float32Array;
  /** Slots of `before` in the baseline's columns. */
  readonly beforeSlots: Uint32Array;
  readonly now: Float32Array;
}

/** The images of a comparison, by which run holds them. */
export interface DriftSplit {
  /** Images that both hold: slots of the current run's columns, and of the baseline's. */
  readonly shared: { readonly now: Uint32Array; readonly before: Uint32Array };
  /** Slots of the current run. */
  readonly added: Uint32Array;
}

export function splitImages({ current, baseline }: CollectedDrift): DriftSplit {
  const [now, before, added]: [number[], number[], number[]] = [[], [], []];
  current.columns.hashes.forEach((hash, slot) => {
    const other = baseline.columns.slotOf(hash);
    if (other < 0) {
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

/** Values of one measure, where it is defined. Loops, because a hundred columns of a hundred thousand images are looked at. */
export function sharedValues(
  collected: CollectedDrift,
  split: DriftSplit,
  name: string,
  scale: MeasureScale,
): SharedValues {
  const column = collected.current.columns.column(name);
  const other = collected.baseline.columns.heldColumn(name);
  const { now: places, before: otherPlaces } = split.shared;
  const slots = new Uint32Array(places.length);
  const [now, before] = [new Float32Array(places.length), new Float32Array(places.length)];
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    const slot = places[i] as number;
    const [after, former] = [column[slot] as number, other[otherPlaces[i] as number] as number];
    if (!Number.isFinite(after) || !Number.isFinite(former)) continue;
    slots[count] = slot;
    now[count] = after;
    before[count++] = former;
  }
  const values = { now: now.subarray(0, count), before: before.subarray(0, count) };
  return { slots: slots.subarray(0, count), ...values, differences: differencesOf(values, scale) };
}

function differencesOf(
  { before, now }: Pick<SharedValues, 'before' | 'now'>,
  scale: MeasureScale,
): Float64Array {
  const least = leastDifference(scale);
  const differences = new Float64Array(now.length);
  for (let i = 0; i < now.length; i++) {
    const [after, former] = [now[i] as number, before[i] as number];
    // Most of what two runs hold of the same images is the same.
    if (after === former) continue;
    const difference = onScale(after, scale) - onScale(former, scale);
    if (Math.abs(difference) > least) differences[i] = difference;
  }
  return differences;
}

export function newValues(
  { current, baseline }: CollectedDrift,
  { added }: DriftSplit,
  name: string,
): NewValues {
  const now = defined(current.columns.column(name), added);
  const before = defined(baseline.columns.column(name));
  return {
    ...{ slots: now.slots, now: now.values },
    ...{ beforeSlots: before.slots, before: before.values },
  };
}

/** What a column holds, of some slots or of all. */
function defined(
  column: Float32Array,
  among?: Uint32Array,
): { readonly slots: Uint32Array; readonly values: Float32Array } {
  const length = among?.length ?? column.length;
  const [slots, values] = [new Uint32Array(length), new Float32Array(length)];
  let count = 0;
  for (let i = 0; i < length; i++) {
    const slot = among === undefined ? i : (among[i] as number);
    const value = column[slot] as number;
    if (!Number.isFinite(value)) continue;
    slots[count] = slot;
    values[count++] = value;
  }
  return { slots: slots.subarray(0, count), values: values.subarray(0, count) };
}
