type Points = readonly (readonly number[])[];

/** Intersection over union of two sets of outlines, counted on a grid of quarter pixels (of 300 cells where that is coarser) by the even-odd rule. Two empty sets agree. */
export function outlinesOverlap(first: readonly Points[], second: readonly Points[]): number {
  const points = [...first.flat(), ...second.flat()];
  if (points.length === 0) return 1;
  const xs = points.map(([x]) => x!);
  const ys = points.map(([, y]) => y!);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [across, down] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const density = Math.min(4, 300 / Math.max(across, down, 1));
  const cells = (length: number) => Math.ceil(length * density) + 1;
  const frame = { left, top, density, width: cells(across), height: cells(down) };
  const [a, b] = [filled(first, frame), filled(second, frame)];
  let both = 0;
  let either = 0;
  for (let at = 0; at < a.length; at++) {
    if (a[at] && b[at]) both += 1;
    if (a[at] || b[at]) either += 1;
  }
  return either === 0 ? 1 : both / either;
}

interface Frame {
  /** Cells a pixel. */
  readonly density: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** [height, width]: 1 inside. */
function filled(
  outlines: readonly Points[],
  { left, top, density, width, height }: Frame,
): Uint8Array {
  const bits = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const y = top + (row + 0.5) / density;
    const crossings = outlines.flatMap((outline) => crossingsAt(outline, y)).sort((p, q) => p - q);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.max(0, Math.ceil((crossings[pair]! - left) * density - 0.5));
      const until = Math.min(width, Math.ceil((crossings[pair + 1]! - left) * density - 0.5));
      if (until > from) bits.fill(1, row * width + from, row * width + until);
    }
  }
  return bits;
}

function crossingsAt(outline: Points, y: number): number[] {
  return outline.flatMap(([x1, y1], index) => {
    const [x2, y2] = outline[(index + 1) % outline.length]!;
    if (y1! <= y === y2! <= y) return [];
    return [x1! + ((y - y1!) / (y2! - y1!)) * (x2! - x1!)];
  });
}
