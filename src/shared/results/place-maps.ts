interface Grid {
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/**
 * Copies [count, height, width] maps of one grid into zeros of another, from the upper left corner; cuts what does not fit.
 */
export function placeMaps<Values extends Float32Array | Uint8Array>(
  maps: Values,
  from: Grid,
  to: Grid,
  out: Values,
): void {
  if (from.gridHeight === to.gridHeight && from.gridWidth === to.gridWidth) {
    out.set(maps);
    return;
  }
  const size = from.gridHeight * from.gridWidth;
  const outSize = to.gridHeight * to.gridWidth;
  const rows = Math.min(from.gridHeight, to.gridHeight);
  const width = Math.min(from.gridWidth, to.gridWidth);
  for (let map = 0; map * size < maps.length; map++) {
    for (let row = 0; row < rows; row++) {
      const start = map * size + row * from.gridWidth;
      out.set(maps.subarray(start, start + width), map * outSize + row * to.gridWidth);
    }
  }
}
