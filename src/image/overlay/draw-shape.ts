import { type Canvas, type Color, mixPixel } from '../canvas.ts';
import { Coverage } from '../text/glyph-coverage.ts';

/** Points in canvas pixels, x, y, x, y, ...; where two pixels meet is a whole number. */
export type Points = readonly number[];

export interface Fill {
  readonly color: Color;
  /** In [0, 1]; 1 by default. */
  readonly opacity?: number;
  /** One byte a pixel of the canvas: how much of it was filled before, which stays as it is; changed. */
  readonly filled?: Uint8Array;
}

/** Fills closed outlines, antialiased; what is outside the canvas is left out. Outlines that overlap have to run the same way around. */
export function fillPolygons(
  canvas: Canvas,
  polygons: readonly Points[],
  { color, opacity = 1, filled }: Fill,
): void {
  const bounds = boundsOf(polygons, canvas);
  const width = bounds.right - bounds.left;
  const height = bounds.bottom - bounds.top;
  if (!(width > 0 && height > 0)) return;
  // One column more: edges may lie on the right border.
  const coverage = new Coverage(width + 1, height);
  for (const polygon of polygons) addOutline(coverage, polygon, bounds);
  const values = coverage.values();
  for (let y = 0; y < height; y++) {
    const row = (bounds.top + y) * canvas.width + bounds.left;
    for (let x = 0; x < width; x++) {
      let share = values[y * (width + 1) + x] ?? 0;
      if (filled !== undefined) share = stillFree(filled, row + x, share);
      if (share > 1 / 512) mixPixel(canvas, row + x, color, share * opacity);
    }
  }
}

/** What of a share of a pixel was not filled before. */
function stillFree(filled: Uint8Array, pixel: number, share: number): number {
  const before = filled[pixel] ?? 0;
  const now = Math.round(share * 255);
  if (now <= before) return 0;
  filled[pixel] = now;
  return (now - before) / 255;
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boundsOf(polygons: readonly Points[], canvas: Canvas): Bounds {
  let [left, top, right, bottom] = [canvas.width, canvas.height, 0, 0];
  for (const polygon of polygons) {
    for (let i = 0; i + 1 < polygon.length; i += 2) {
      const [x, y] = [polygon[i] ?? 0, polygon[i + 1] ?? 0];
      left = Math.min(left, Math.floor(x));
      right = Math.max(right, Math.ceil(x));
      top = Math.min(top, Math.floor(y));
      bottom = Math.max(bottom, Math.ceil(y));
    }
  }
  return {
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    right: Math.min(right, canvas.width),
    bottom: Math.min(bottom, canvas.height),
  };
}

function addOutline(coverage: Coverage, polygon: Points, { left, top, right }: Bounds): void {
  const limit = right - left;
  let [fromX, fromY] = [(polygon.at(-2) ?? 0) - left, (polygon.at(-1) ?? 0) - top];
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const [x, y] = [(polygon[i] ?? 0) - left, (polygon[i + 1] ?? 0) - top];
    addEdge(coverage, [fromX, fromY, x, y], limit);
    [fromX, fromY] = [x, y];
  }
}

type Edge = readonly [x0: number, y0: number, x1: number, y1: number];

/** An edge left of the canvas counts at its left border; one right of it covers nothing; one that crosses a border is cut there. */
function addEdge(coverage: Coverage, [x0, y0, x1, y1]: Edge, limit: number): void {
  for (const border of [0, limit]) {
    if ((x0 < border && x1 > border) || (x0 > border && x1 < border)) {
      const y = y0 + ((border - x0) / (x1 - x0)) * (y1 - y0);
      addEdge(coverage, [x0, y0, border, y], limit);
      addEdge(coverage, [border, y, x1, y1], limit);
      return;
    }
  }
  if (x0 >= limit && x1 >= limit) return;
  coverage.addEdge(Math.max(x0, 0), y0, Math.max(x1, 0), y1);
}

/** A line `thickness` pixels wide with round joints. */
export function strokeLine(
  canvas: Canvas,
  points: Points,
  { color, thickness, closed }: { color: Color; thickness: number; closed: boolean },
): void {
  const half = thickness / 2;
  const parts: number[][] = [];
  const last = closed ? points.length : points.length - 2;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    parts.push(disc(x, y, half));
    if (i >= last) continue;
    const next = (i + 2) % points.length;
    parts.push(...segment(x, y, points[next] ?? 0, points[next + 1] ?? 0, half));
  }
  fillPolygons(canvas, parts, { color });
}

export function fillDisc(
  canvas: Canvas,
  at: { readonly x: number; readonly y: number },
  radius: number,
  color: Color,
): void {
  fillPolygons(canvas, [disc(at.x, at.y, radius)], { color });
}

/** Corners of a circle of radius 1, x, y, x, y, ... */
const circle = Float64Array.from({ length: 32 }, (_, i) => {
  const angle = (2 * Math.PI * (i >> 1)) / 16;
  return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
});

function disc(x: number, y: number, radius: number): number[] {
  // Eight corners are round enough for the joints of thin lines.
  const step = radius > 2 ? 2 : 4;
  const points: number[] = [];
  for (let i = 0; i < circle.length; i += step) {
    points.push(x + radius * (circle[i] ?? 0), y + radius * (circle[i + 1] ?? 0));
  }
  return points;
}

/** A rectangle around a piece of line, the same way around as `disc`; nothing for one without length. */
function segment(x0: number, y0: number, x1: number, y1: number, half: number): number[][] {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0)) return [];
  const [nx, ny] = [(-(y1 - y0) / length) * half, ((x1 - x0) / length) * half];
  return [[x0 + nx, y0 + ny, x0 - nx, y0 - ny, x1 - nx, y1 - ny, x1 + nx, y1 + ny]];
}
