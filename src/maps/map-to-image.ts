import { axisTaps, sampleMap } from '../kernels/map-sampling.ts';
import type { LetterboxGeometry } from '../shared/run/letterbox-geometry.ts';
import { contentRectangle } from './content-mask.ts';

export interface MapPlacement {
  /** Row-major gridHeight x gridWidth, over the whole model input. */
  readonly map: Float32Array;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly geometry: LetterboxGeometry;
  /** Size of the result, which shows the whole original image. */
  readonly width: number;
  readonly height: number;
}

/**
 * Maps a map over the model input back to the original image, at any size: each pixel's center is taken through the letterbox to its
 * place on the grid and sampled bilinearly there, so nothing shifts by half a cell. Padding cells are never read.
 *
 * @returns height x width values; NaN where a classify crop did not show the image to the model
 */
export function mapToImage(placement: MapPlacement): Float32Array {
  const { map, gridWidth, gridHeight, geometry, width, height } = placement;
  const cells = contentRectangle(geometry, gridWidth, gridHeight);
  const inputX = inputPositions(width, geometry.newWidth, geometry.left);
  const inputY = inputPositions(height, geometry.newHeight, geometry.top);
  const toCellX = gridWidth / geometry.inputWidth;
  const toCellY = gridHeight / geometry.inputHeight;
  const columns = axisTaps(
    inputX.map((x) => x * toCellX - 0.5),
    cells.left,
    cells.right - 1,
  );
  const rows = axisTaps(
    inputY.map((y) => y * toCellY - 0.5),
    cells.top,
    cells.bottom - 1,
  );
  const out = sampleMap(map, gridWidth, rows, columns);
  if (geometry.left < 0 || geometry.top < 0) {
    eraseUnseen(out, { x: inputX, y: inputY, geometry });
  }
  return out;
}

/** Centers of `size` pixels across the original image, as positions on the model input in its pixels. */
function inputPositions(size: number, newSize: number, padding: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => padding + ((i + 0.5) * newSize) / size);
}

interface Positions {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly geometry: LetterboxGeometry;
}

function eraseUnseen(out: Float32Array, { x, y, geometry }: Positions): void {
  const width = x.length;
  const unseen = (at: number, size: number) => at < 0 || at >= size;
  for (let row = 0; row < y.length; row++) {
    if (unseen(y[row]!, geometry.inputHeight)) {
      out.fill(Number.NaN, row * width, (row + 1) * width);
      continue;
    }
    for (let column = 0; column < width; column++) {
      if (unseen(x[column]!, geometry.inputWidth)) out[row * width + column] = Number.NaN;
    }
  }
}
