/** The nearest float below 1. */
const nearOne = 1 - 2 ** -24;

/**
 * By how much the logits of cells are above the median of those that count, which logits are in the order of the scores, so that only those above it are taken. Scores of exactly
 * 1 and 0, which have no logit, count as the nearest float below 1, and as the least score that the level has.
 */
export function logitsAboveMedian(scores: Float32Array, mask: Float32Array): Float32Array {
  const inside = new Float32Array(scores.length);
  const map = new Float32Array(scores.length);
  let [least, count] = [nearOne, 0];
  for (let cell = 0; cell < scores.length; cell++) {
    if (mask[cell] === 0) continue;
    const score = scores[cell]!;
    inside[count++] = score;
    if (score > 0 && score < least) least = score;
  }
  const logitOf = (score: number): number => {
    const bounded = Math.min(nearOne, Math.max(least, score));
    return Math.log(bounded) - Math.log1p(-bounded);
  };
  const [lower, upper] = middlesOf(inside.subarray(0, count));
  const median = lower === upper ? logitOf(upper) : (logitOf(lower) + logitOf(upper)) / 2;
  for (let cell = 0; cell < scores.length; cell++) {
    // Where both are equal, so are their logits.
    if (mask[cell] === 0 || scores[cell]! < upper || scores[cell] === lower) continue;
    map[cell] = Math.max(0, logitOf(scores[cell]!) - median);
  }
  return map;
}

/** The two values in the middle, which are one where their number is odd. Sorts only there: Hoare's selection. Changes `parts`. */
function middlesOf(parts: Float32Array): readonly [lower: number, upper: number] {
  const middle = Math.floor(parts.length / 2);
  let [low, high] = [0, parts.length - 1];
  while (low < high) {
    const pivot = parts[(low + high) >> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (parts[left]! < pivot) left++;
      while (parts[right]! > pivot) right--;
      if (left > right) break;
      const smaller = parts[right]!;
      parts[right] = parts[left]!;
      parts[left] = smaller;
      left++;
      right--;
    }
    if (middle <= right) high = right;
    else if (middle >= left) low = left;
    else break;
  }
  const upper = parts[middle]!;
  if (parts.length % 2 === 1) return [upper, upper];
  let lower = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < middle; at++) if (parts[at]! > lower) lower = parts[at]!;
  return [lower, upper];
}
