import type { Span } from './content-span.ts';

/** A convex polygon: x, y, x, y, ... around it, either way. */
export type ConvexPolygon = readonly number[];

/** The part of a polygon where x (axis 0) or y (axis 1) is between two values; empty when there is none. */
export function clipPolygon(
  polygon: ConvexPolygon,
  axis: 0 | 1,
  low: number,
  high: number,
): ConvexPolygon {
  return clipHalf(clipHalf(polygon, axis, low, 1), axis, high, -1);
}

/** Sutherland and Hodgman's clipping at one line: what is `sign` of the limit stays. */
function clipHalf(polygon: ConvexPolygon, axis: 0 | 1, limit: number, sign: 1 | -1): ConvexPolygon {
  const inside = (i: number) => sign * (polygon[i + axis]! - limit) >= 0;
  const kept: number[] = [];
  let before = polygon.length - 2;
  for (let i = 0; i < polygon.length; i += 2) {
    if (inside(i) !== inside(before)) {
      const along =
        (limit - polygon[before + axis]!) / (polygon[i + axis]! - polygon[before + axis]!);
      const other = 1 - axis;
      const crossing =
        polygon[before + other]! + along * (polygon[i + other]! - polygon[before + other]!);
      if (axis === 0) kept.push(limit, crossing);
      else kept.push(crossing, limit);
    }
    if (inside(i)) kept.push(polygon[i]!, polygon[i + 1]!);
    before = i;
  }
  return kept;
}

/** Shoelace formula. */
export function polygonArea(polygon: ConvexPolygon): number {
  let twice = 0;
  let before = polygon.length - 2;
  for (let i = 0; i < polygon.length; i += 2) {
    twice += polygon[before]! * polygon[i + 1]! - polygon[i]! * polygon[before + 1]!;
    before = i;
  }
  return Math.abs(twice) / 2;
}

/** A polygon with the heights between which it lies. */
interface Standing {
  readonly polygon: ConvexPolygon;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Area that convex polygons cover together. Exact: between two neighboring heights at which a corner lies or two edges cross, the length
 * of what is covered is linear in the height, so its middle stands for the strip.
 */
export function unionArea(polygons: readonly ConvexPolygon[]): number {
  const standing = polygons.map(stand).sort((a, b) => a.top - b.top);
  const heights = eventHeights(standing);
  let area = 0;
  for (let i = 1; i < heights.length; i++) {
    const [top, bottom] = [heights[i - 1]!, heights[i]!];
    if (bottom > top) area += coveredLength(standing, (top + bottom) / 2) * (bottom - top);
  }
  return area;
}

function stand(polygon: ConvexPolygon): Standing {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 1; i < polygon.length; i += 2) {
    top = Math.min(top, polygon[i]!);
    bottom = Math.max(bottom, polygon[i]!);
  }
  return { polygon, top, bottom };
}

function eventHeights(standing: readonly Standing[]): Float64Array {
  const heights: number[] = [];
  standing.forEach(({ polygon, bottom }, index) => {
    for (let i = 1; i < polygon.length; i += 2) heights.push(polygon[i]!);
    for (let next = index + 1; next < standing.length; next++) {
      const other = standing[next]!;
      if (other.top >= bottom) break;
      addCrossings(heights, polygon, other.polygon);
    }
  });
  return Float64Array.from(heights).sort();
}

function addCrossings(heights: number[], one: ConvexPolygon, other: ConvexPolygon): void {
  let a = one.length - 2;
  for (let b = 0; b < one.length; a = b, b += 2) {
    const x = one[a]!;
    const y = one[a + 1]!;
    const dx = one[b]! - x;
    const dy = one[b + 1]! - y;
    let c = other.length - 2;
    for (let d = 0; d < other.length; c = d, d += 2) {
      const ex = other[d]! - other[c]!;
      const ey = other[d + 1]! - other[c + 1]!;
      const turn = dx * ey - dy * ex;
      if (turn === 0) continue;
      const gapX = other[c]! - x;
      const gapY = other[c + 1]! - y;
      const along = (gapX * ey - gapY * ex) / turn;
      const alongOther = (gapX * dy - gapY * dx) / turn;
      if (along > 0 && along < 1 && alongOther > 0 && alongOther < 1) heights.push(y + along * dy);
    }
  }
}

/** Length of the union of the polygons' intervals at one height, where no corner lies. */
function coveredLength(standing: readonly Standing[], height: number): number {
  const spans: Span[] = [];
  for (const { polygon, top, bottom } of standing) {
    if (top > height) break;
    if (bottom > height) spans.push(spanAt(polygon, height));
  }
  spans.sort((a, b) => a.from - b.from);
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { from, to } of spans) {
    if (to <= reached) continue;
    length += to - Math.max(from, reached);
    reached = to;
  }
  return length;
}

function spanAt(polygon: ConvexPolygon, height: number): Span {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let before = polygon.length - 2;
  for (let i = 0; i < polygon.length; before = i, i += 2) {
    const top = polygon[before + 1]!;
    const bottom = polygon[i + 1]!;
    if (top < height === bottom < height) continue;
    const x =
      polygon[before]! + ((height - top) / (bottom - top)) * (polygon[i]! - polygon[before]!);
    from = Math.min(from, x);
    to = Math.max(to, x);
  }
  return { from, to };
}
