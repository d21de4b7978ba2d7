/** Scores above a threshold, best first. */
export interface ScoredClasses {
  /** Index among the anchors of the answer. */
  readonly anchors: Int32Array;
  readonly classIds: Int32Array;
  readonly scores: Float32Array;
}

interface Choice {
  readonly confThreshold: number;
  /** At most this many, the best. */
  readonly most: number;
}

/**
 * Every class of every anchor whose score is above the threshold, in float32, best first; equal scores in the order of the anchors and then of the classes, as
 * `torch.where` finds them and a stable sort leaves them. Scores that are not finite are left out.
 *
 * @param all [classes, anchors]
 */
export function bestFirst(
  all: Float32Array,
  anchors: number,
  { confThreshold, most }: Choice,
): ScoredClasses {
  const places = placesAbove(all, anchors, Math.fround(confThreshold));
  const order = descending(scoresAt(places, all)).subarray(0, most);
  const best = order.map((index) => places[index]!);
  return {
    anchors: best.map((at) => at % anchors),
    classIds: best.map((at) => Math.floor(at / anchors)),
    scores: scoresAt(best, all),
  };
}

function scoresAt(places: Int32Array, all: Float32Array): Float32Array {
  const scores = new Float32Array(places.length);
  for (let index = 0; index < places.length; index++) scores[index] = all[places[index]!]!;
  return scores;
}

/** Indices in `all`, by anchor and then by class; the scores are read in the order in which they lie. */
function placesAbove(all: Float32Array, anchors: number, threshold: number): Int32Array {
  const ends = new Int32Array(anchors + 1);
  for (let start = 0; start < all.length; start += anchors) {
    for (let anchor = 0; anchor < anchors; anchor++) {
      const score = all[start + anchor]!;
      if (score > threshold && score < Number.POSITIVE_INFINITY) ends[anchor + 1]! += 1;
    }
  }
  for (let anchor = 0; anchor < anchors; anchor++) ends[anchor + 1]! += ends[anchor]!;
  const places = new Int32Array(ends[anchors] ?? 0);
  for (let start = 0; start < all.length && places.length > 0; start += anchors) {
    for (let anchor = 0; anchor < anchors; anchor++) {
      const score = all[start + anchor]!;
      if (!(score > threshold && score < Number.POSITIVE_INFINITY)) continue;
      places[ends[anchor]!] = start + anchor;
      ends[anchor]! += 1;
    }
  }
  return places;
}

const digitBits = 11;
const digits = 2 ** digitBits;

/** A stable order, the greatest first. Positive float32 numbers are ordered as their bits are, and these are sorted digit by digit, the lowest first. */
export function descending(scores: Float32Array): Int32Array {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  let order = new Int32Array(scores.length).map((_, index) => index);
  let other = new Int32Array(scores.length);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const ends = new Int32Array(digits + 1);
    for (let at = 0; at < bits.length; at++) ends[digitOf(bits[at]!, shift) + 1]! += 1;
    for (let digit = 0; digit < digits; digit++) ends[digit + 1]! += ends[digit]!;
    for (let at = 0; at < order.length; at++) {
      const digit = digitOf(bits[order[at]!]!, shift);
      other[ends[digit]!] = order[at]!;
      ends[digit]! += 1;
    }
    [order, other] = [other, order];
  }
  return order;
}

function digitOf(bits: number, shift: number): number {
  return (~bits >>> shift) & (digits - 1);
}
