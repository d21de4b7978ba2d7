/**
 * Adjusted p values by Benjamini and Hochberg (1995), in the order of `p`: those at most `q` are the discoveries at a false discovery rate of `q`. Holds where
 * measures depend on each other as ours do; then discoveries come in herds.
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => (p[b] as number) - (p[a] as number));
  const adjusted = new Array<number>(p.length);
  let least = 1;
  order.forEach((i, place) => {
    least = Math.min(least, ((p[i] as number) * p.length) / (p.length - place));
    adjusted[i] = least;
  });
  return adjusted;
}
