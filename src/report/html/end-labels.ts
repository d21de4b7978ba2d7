/** Names at the ends of lines stay this far apart, in pixels. */
const labelGap = 14;

/**
 * Where the names at the ends of lines stand, pushed apart from top to bottom.
 *
 * @param lasts where each line ends, in pixels from the top
 * @returns as many places, in the same order
 */
export function endLabels(
  lasts: readonly number[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): number[] {
  const places = lasts.map((at, line) => ({ line, at })).sort((a, b) => a.at - b.at);
  let free = top;
  const ends = new Array<number>(lasts.length).fill(0);
  const least = (n: number) => bottom - (places.length - 1 - n) * labelGap;
  for (const [n, { line, at }] of places.entries()) {
    const placed = Math.min(Math.max(at, free), Math.max(free, least(n)));
    ends[line] = placed;
    free = placed + labelGap;
  }
  return ends;
}
