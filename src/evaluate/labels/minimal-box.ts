import type { RotatedBox } from '../../shared/run/detection.ts';

type Point = readonly [x: number, y: number];

/**
 * The rotated box of least area around points x, y, x, y, ...: one of its sides lies on an edge of their convex hull (Freeman and Shapira 1975). Written as
 * Ultralytics writes it: `width` is the longer side, the angle lies in [-pi/4, 3 pi/4).
 */
export function minimalBox(points: readonly number[]): RotatedBox {
  const hull = convexHull(pairs(points));
  let best: RotatedBox | undefined;
  for (const [i, [x, y]] of hull.entries()) {
    const [nextX, nextY] = hull[(i + 1) % hull.length] ?? [x, y];
    const box = boxAlong(hull, Math.atan2(nextY - y, nextX - x));
    if (best === undefined || box.width * box.height < best.width * best.height) best = box;
  }
  return canonical(best ?? { centerX: 0, centerY: 0, width: 0, height: 0, angle: 0 });
}

function pairs(points: readonly number[]): Point[] {
  const all: Point[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) all.push([points[i] ?? 0, points[i + 1] ?? 0]);
  return all;
}

/** Counterclockwise, by Andrew's monotone chain; a single point stays one. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (ordered: readonly Point[]): Point[] => {
    const half: Point[] = [];
    for (const point of ordered) {
      while (half.length >= 2 && turn(half.at(-2), half.at(-1), point) <= 0) half.pop();
      half.push(point);
    }
    return half.slice(0, -1);
  };
  const hull = [...chain(sorted), ...chain(sorted.toReversed())];
  return hull.length > 0 ? hull : sorted.slice(0, 1);
}

function turn(a: Point | undefined, b: Point | undefined, c: Point): number {
  if (a === undefined || b === undefined) return 0;
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function boxAlong(hull: readonly Point[], angle: number): RotatedBox {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = hull.map(([x, y]) => x * cos + y * sin);
  const across = hull.map(([x, y]) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const [middle, level] = [(left + right) / 2, (top + bottom) / 2];
  return {
    centerX: middle * cos - level * sin,
    centerY: middle * sin + level * cos,
    width: right - left,
    height: bottom - top,
    angle,
  };
}

function canonical(box: RotatedBox): RotatedBox {
  const isUpright = box.width < box.height;
  const turned = isUpright ? box.angle + Math.PI / 2 : box.angle;
  const start = -Math.PI / 4;
  const angle = ((((turned - start) % Math.PI) + Math.PI) % Math.PI) + start;
  const [width, height] = isUpright ? [box.height, box.width] : [box.width, box.height];
  return { ...box, width, height, angle };
}
