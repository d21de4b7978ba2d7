import { coarsestShift, rowKeys, rowOf, type ScoreRun } from './score-run.ts';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The finest step from `shift` on at which a run may have at most `most` entries: as its keys alone say, and its patterns may need a coarser one. */
export function finestShift(run: ScoreRun, shift: number, most: number): number {
  let [low, high] = [shift, coarsestShift];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (coarserKeys(run, middle) > most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many keys `coarserRun` would leave: no more than it would leave entries, and counted in a tenth of its time. */
function coarserKeys({ keys }: ScoreRun, shift: number): number {
  const steps = 2 ** (30 - shift);
  let [distinct, before, row, rowEnd] = [0, -1, 0, 0];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key >= rowEnd) {
      row = rowOf(key) * rowKeys;
      rowEnd = row + rowKeys;
      before = -1;
    }
    bits[0] = key - row;
    const step = Math.floor(float[0]! * steps);
    if (step !== before) distinct += 1;
    before = step;
  }
  return distinct;
}
