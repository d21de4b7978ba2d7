/**
 * A closed outline (x, y, x, y, ...) without the points that lie within `tolerance` of the line between their neighbors that stay: Douglas
 * and Peucker's, from the point that is farthest from the first. Fewer than three points are left only of what is thinner than that.
 */
export function simplifyPolygon(polygon: readonly number[], tolerance: number): number[] {
  const count = polygon.length / 2;
  if (count <= 3) return [...polygon];
  const kept = new Uint8Array(count + 1);
  const far = farthestFrom(polygon, 0);
  for (const index of [0, far, count]) kept[index] = 1;
  const spans: [number, number][] = [
    [0, far],
    [far, count],
  ];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    const between = farthestBetween(polygon, from, to);
    if (between.distance <= tolerance) continue;
    kept[between.index] = 1;
    spans.push([from, between.index], [between.index, to]);
  }
  const points: number[] = [];
  for (let i = 0; i < count; i++) if (kept[i]) points.push(xOf(polygon, i), yOf(polygon, i));
  return points;
}

/** The outline is closed: the point after the last one is the first. */
function xOf(polygon: readonly number[], index: number): number {
  return polygon[(2 * index) % polygon.length] ?? 0;
}

function yOf(polygon: readonly number[], index: number): number {
  return polygon[(2 * index + 1) % polygon.length] ?? 0;
}

function farthestFrom(polygon: readonly number[], start: number): number {
  let [best, most] = [start, -1];
  for (let i = 0; i < polygon.length / 2; i++) {
    const distance = Math.hypot(
      xOf(polygon, i) - xOf(polygon, start),
      yOf(polygon, i) - yOf(polygon, start),
    );
    if (distance > most) [best, most] = [i, distance];
  }
  return best;
}

/** The point between two others that is farthest from the line through them; distance 0 when there is none. */
function farthestBetween(polygon: readonly number[], from: number, to: number) {
  const [x, y] = [xOf(polygon, from), yOf(polygon, from)];
  const [dx, dy] = [xOf(polygon, to) - x, yOf(polygon, to) - y];
  const length = Math.hypot(dx, dy);
  let [index, most] = [from, 0];
  for (let i = from + 1; i < to; i++) {
    const [px, py] = [xOf(polygon, i) - x, yOf(polygon, i) - y];
    const distance = length === 0 ? Math.hypot(px, py) : Math.abs(dx * py - dy * px) / length;
    if (distance > most) [index, most] = [i, distance];
  }
  return { index, distance: most };
}
