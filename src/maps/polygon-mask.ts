import type { InputMask } from '../shared/run/detection.ts';

export interface PolygonPlan {
  /** Closed outlines in pixels of the model's input, x, y, x, y, ... */
  readonly polygons: readonly (readonly number[])[];
  /** Of the input. */
  readonly width: number;
  readonly height: number;
}

/** The pixels whose middle lies inside one of the outlines, by the even-odd rule in each, cropped to the rows and columns that they reach. */
export function polygonMask({ polygons, width, height }: PolygonPlan): InputMask {
  const xs = polygons.flatMap((polygon) => polygon.filter((_, i) => i % 2 === 0));
  const ys = polygons.flatMap((polygon) => polygon.filter((_, i) => i % 2 === 1));
  const [left, right] = spanOf(xs, width);
  const [top, bottom] = spanOf(ys, height);
  const across = Math.max(right - left, 0);
  const down = Math.max(bottom - top, 0);
  const bits = new Uint8Array(across * down);
  for (const polygon of polygons) {
    for (let row = 0; row < down; row++) {
      const crossings = crossingsAt(polygon, top + row + 0.5);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        // Pixel x has its middle at x + 0.5.
        const first = Math.max(Math.ceil((crossings[i] ?? 0) - 0.5) - left, 0);
        const end = Math.min(Math.ceil((crossings[i + 1] ?? 0) - 0.5) - left, across);
        if (end > first) bits.fill(1, row * across + first, row * across + end);
      }
    }
  }
  return { left, top, width: across, height: down, bits };
}

function spanOf(values: readonly number[], size: number): [first: number, end: number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(low < high)) return [0, 0];
  return [Math.min(Math.max(Math.floor(low), 0), size), Math.min(Math.ceil(high), size)];
}

/** Where the outline crosses a horizontal line, from the left; always an even number of places. */
function crossingsAt(polygon: readonly number[], y: number): number[] {
  const crossings: number[] = [];
  let [fromX, fromY] = [polygon.at(-2) ?? 0, polygon.at(-1) ?? 0];
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const [x, at] = [polygon[i] ?? 0, polygon[i + 1] ?? 0];
    if (fromY <= y !== at <= y) crossings.push(fromX + ((y - fromY) / (at - fromY)) * (x - fromX));
    [fromX, fromY] = [x, at];
  }
  return crossings.sort((a, b) => a - b);
}
