import { mulberry32 } from '../statistics/mulberry32.ts';

/** Odd, so that the 2.5 % and 97.5 % points are values and nothing is interpolated: the 50th and the 1,950th. */
export const resampleCount = 1999;

/** Most draws that are kept for the next figure of as many groups: thousands of figures of an evaluation have the same groups. */
const mostKept = 16;

/** Group counts that fit a byte each. */
const mostKeptGroups = 256;

const kept = new Map<string, Uint16Array>();

/**
 * How often each of `groups` is drawn when as many are drawn with replacement, [resampleCount, groups], the same for the same seed everywhere. Figures of the same groups
 * share the draws, which makes their intervals comparable and a thousand of them quick.
 */
export function resampledGroups(groups: number, seed: number): Uint16Array {
  const name = `${groups} ${seed}`;
  const before = kept.get(name);
  if (before !== undefined) return before;
  const random = mulberry32(seed);
  const counts = new Uint16Array(resampleCount * groups);
  for (let start = 0; start < counts.length; start += groups) {
    for (let i = 0; i < groups; i++) {
      const at = start + Math.floor(random() * groups);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  if (groups > mostKeptGroups) return counts;
  const [oldest] = kept.keys();
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
  kept.set(name, counts);
  return counts;
}
