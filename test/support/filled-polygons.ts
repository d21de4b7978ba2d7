/** Pixels of a raster, 1 inside. */
export interface Filled {
  readonly bits: Uint8Array;
  /** Share of the pixels that both have among those that either has. */
  iou(other: Filled): number;
}

/** Fills polygons, x, y, x, y, ..., by the even-odd rule at the middles of pixels. */
export function filledPolygons(
  polygons: readonly (readonly number[])[],
  { width, height }: { readonly width: number; readonly height: number },
): Filled {
  const bits = new Uint8Array(width * height);
  for (const polygon of polygons) {
    for (let row = 0; row < height; row++) {
      const crossings = crossingsAt(polygon, row + 0.5).sort((a, b) => a - b);
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        const first = Math.max(0, Math.ceil(crossings[at]! - 0.5));
        const end = Math.min(width, Math.ceil(crossings[at + 1]! - 0.5));
        bits.fill(1, row * width + first, row * width + Math.max(first, end));
      }
    }
  }
  return { bits, iou: (other) => iouOf(bits, other.bits) };
}

function crossingsAt(polygon: readonly number[], y: number): number[] {
  const crossings: number[] = [];
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    const [x1, y1, x2, y2] = [polygon[i]!, polygon[i + 1]!, polygon[next]!, polygon[next + 1]!];
    if (y1 <= y === y2 <= y) continue;
    crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  return crossings;
}

function iouOf(one: Uint8Array, other: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < one.length; i++) {
    if (one[i] === 1 && other[i] === 1) both++;
    if (one[i] === 1 || other[i] === 1) either++;
  }
  return either === 0 ? 1 : both / either;
}
