/** Ranks from 1; equal values share the mean of theirs. None may be NaN. */
export function midranks(values: ArrayLike<number>): Float64Array {
  // Numbers alone are sorted in a tenth of the time that places take, which ask a function for every two.
  const ascending = Float64Array.from(values).sort();
  const ranks = new Float64Array(ascending.length);
  for (let i = 0; i < ranks.length; i++) {
    const value = values[i] as number;
    const start = firstFrom(ascending, (one) => one >= value);
    const end = firstFrom(ascending, (one) => one > value);
    ranks[i] = (start + 1 + end) / 2;
  }
  return ranks;
}

/** The first place of which something holds, which then holds of all that follow. */
function firstFrom(ascending: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(ascending[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
