import type { ContentCells } from '../../src/maps/content-cells.ts';

/** The hottest of the content cells, a share of them. */
export function hottestCells(heat: Float32Array, { areas }: ContentCells, share: number): number[] {
  const inside = [...heat.keys()].filter((cell) => areas[cell]! > 0);
  return inside.sort((a, b) => heat[b]! - heat[a]!).slice(0, Math.round(inside.length * share));
}

/** The same shapes at another place of the content, whose borders are joined. */
export function movedCells(
  some: readonly number[],
  { gridWidth, rows, columns }: ContentCells,
  random: () => number,
): number[] {
  const [across, down] = [columns.end - columns.first, rows.end - rows.first];
  const [x, y] = [Math.floor(random() * across), Math.floor(random() * down)];
  return some.map((cell) => {
    const column = columns.first + (((cell % gridWidth) - columns.first + x) % across);
    const row = rows.first + ((Math.floor(cell / gridWidth) - rows.first + y) % down);
    return row * gridWidth + column;
  });
}

/** 1 for each pixel of the image whose middle is in one of the cells, row-major. */
export function pixelsOf(
  some: readonly number[],
  { gridWidth, gridHeight, geometry }: ContentCells,
): Uint8Array {
  const { width, height, newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const chosen = new Set(some);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((((y + 0.5) * newHeight) / height + top) * gridHeight) / inputHeight);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(((((x + 0.5) * newWidth) / width + left) * gridWidth) / inputWidth);
      if (chosen.has(row * gridWidth + column)) pixels[y * width + x] = 1;
    }
  }
  return pixels;
}
