import { drawsAtOnce } from '../../kernels/resampled-ratios.ts';
import { mulberry32 } from '../statistics/mulberry32.ts';

/** Odd, so that the 2.5 % and 97.5 % points are values and nothing is interpolated: the 50th and the 1,950th. */
export const resampleCount = 1999;

/** Most groups whose draws are kept for the next figure of as many: thousands of figures of an evaluation have the same groups. Their counts fit a byte each. */
const mostKeptGroups = 255;

/** Most draws that are kept: those of every number of groups up to 128 take 17 MB. */
const mostKept = 128;

const kept = new Map<string, GroupDraws>();

/** How often each group was drawn: of draw d and group g, `counts[(d - d % 8) * groups + g * 8 + d % 8]`, [draws / 8, groups, 8], as the kernel takes them. */
export interface GroupDraws {
  readonly groups: number;
  /** `resampleCount` draws, and empty ones up to a multiple of eight. */
  readonly counts: Uint8Array | Uint16Array;
}

/**
 * How often each of `groups` is drawn when as many are drawn with replacement, the same for the same seed everywhere. Figures of the same groups share the draws,
 * which makes their intervals comparable and a thousand of them quick.
 */
export function resampledGroups(groups: number, seed: number): GroupDraws {
  const name = `${groups} ${seed}`;
  const before = kept.get(name);
  if (before !== undefined) return before;
  const length = Math.ceil(resampleCount / drawsAtOnce) * drawsAtOnce * groups;
  const isKept = groups <= mostKeptGroups;
  const counts = isKept ? new Uint8Array(length) : new Uint16Array(length);
  const random = mulberry32(seed);
  for (let draw = 0; draw < resampleCount; draw++) {
    const start = drawStart(draw, groups);
    for (let i = 0; i < groups; i++) {
      const at = start + Math.floor(random() * groups) * drawsAtOnce;
      counts[at] = (counts[at] as number) + 1;
    }
  }
  if (!isKept) return { groups, counts };
  const [oldest] = kept.keys();
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
  kept.set(name, { groups, counts });
  return { groups, counts };
}

/** Where the count of its first group lies; that of the next is `drawsAtOnce` further. */
export function drawStart(draw: number, groups: number): number {
  const lane = draw % drawsAtOnce;
  return (draw - lane) * groups + lane;
}
