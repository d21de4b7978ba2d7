import { axisTaps, sampleMap } from '../kernels/map-sampling.ts';

/** Source coordinates of cv2's resize: half-pixel centers, (i + 0.5) * oldSize / newSize - 0.5. */
export function resizeCoordinates(oldSize: number, newSize: number): Float64Array {
  const scale = oldSize / newSize;
  const coordinates = new Float64Array(newSize);
  for (let i = 0; i < newSize; i++) coordinates[i] = (i + 0.5) * scale - 0.5;
  return coordinates;
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
