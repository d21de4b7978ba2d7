/** Pearson's r of two maps of one length; NaN where one of them is constant or not finite. */
export function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (map: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < map.length; i++) sum += map[i]!;
    return sum / map.length;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  return both / Math.sqrt(ownA * ownB);
}
