/** Two source positions and the weight of the second, for each of `size` positions of one axis. */
export interface AxisTaps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** In [0, 1]; the first position weighs 1 - weight. */
  readonly weight: Float32Array;
}

/**
 * Bilinear taps at the given source coordinates (in cells; cell i has its center at i), clamped to the cells
 * [low, high]: beyond the outermost centers the edge value goes on.
 */
export function axisTaps(coordinates: Float64Array, low: number, high: number): AxisTaps {
  const size = coordinates.length;
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const weight = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const at = Math.min(Math.max(coordinates[i]!, low), high);
    const cell = Math.floor(at);
    first[i] = cell;
    second[i] = Math.min(cell + 1, high);
    weight[i] = at - cell;
  }
  return { first, second, weight };
}

/** Source coordinates of cv2's resize: half-pixel centers, (i + 0.5) * oldSize / newSize - 0.5. */
export function resizeCoordinates(oldSize: number, newSize: number): Float64Array {
  const scale = oldSize / newSize;
  const coordinates = new Float64Array(newSize);
  for (let i = 0; i < newSize; i++) coordinates[i] = (i + 0.5) * scale - 0.5;
  return coordinates;
}

/** Samples a row-major map of the given width at every (row tap, column tap); result rows.first.length x columns.first.length. */
export function sampleMap(
  map: Float32Array,
  width: number,
  rows: AxisTaps,
  columns: AxisTaps,
): Float32Array {
  const { first: left, second: right, weight: across } = columns;
  const newWidth = left.length;
  const newHeight = rows.first.length;
  const out = new Float32Array(newWidth * newHeight);
  const mixed = new Float32Array(width);
  for (let y = 0, to = 0; y < newHeight; y++) {
    const above = rows.first[y]! * width;
    const below = rows.second[y]! * width;
    const down = rows.weight[y]!;
    for (let x = 0; x < width; x++) {
      mixed[x] = map[above + x]! * (1 - down) + map[below + x]! * down;
    }
    for (let x = 0; x < newWidth; x++, to++) {
      const share = across[x]!;
      out[to] = mixed[left[x]!]! * (1 - share) + mixed[right[x]!]! * share;
    }
  }
  return out;
}

/**
 * Resizes a row-major map as cv2.resize with INTER_LINEAR does on float32: half-pixel centers, two taps an axis, edges clamped.
 *
 * @param map height x width values
 * @returns newHeight x newWidth values; a copy when the size stays
 */
export function resampleBilinear(
  map: Float32Array,
  size: { readonly width: number; readonly height: number },
  newSize: { readonly width: number; readonly height: number },
): Float32Array {
  if (size.width === newSize.width && size.height === newSize.height) return map.slice();
  const rows = axisTaps(resizeCoordinates(size.height, newSize.height), 0, size.height - 1);
  const columns = axisTaps(resizeCoordinates(size.width, newSize.width), 0, size.width - 1);
  return sampleMap(map, size.width, rows, columns);
}
