/** Middle value and where it lies with 95 % probability: the order statistics n / 2 -+ 0.98 sqrt(n), without any assumption on how values are distributed. */
export function medianInterval(values: readonly number[]): {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
} {
  const sorted = [...values].sort((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const at = (place: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, place))] ?? Number.NaN;
  const middle = (at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2))) / 2;
  return {
    middle,
    low: at(Math.floor(sorted.length / 2 - reach)),
    high: at(Math.ceil(sorted.length / 2 + reach) - 1),
  };
}
