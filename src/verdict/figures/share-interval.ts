const z = 1.959963984540054;

/** 95 % interval of a share, `count` of `n` > 0 independent images (Wilson 1927). */
export function shareInterval(count: number, n: number): [low: number, high: number] {
  const share = count / n;
  const center = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const reach =
    (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  // At the ends the formula is exact but for rounding.
  return [count === 0 ? 0 : center - reach, count === n ? 1 : center + reach];
}
