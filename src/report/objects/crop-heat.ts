import type { PictureMap } from '../gallery/card-maps.ts';
import type { Region } from '../gallery/photos.ts';
import { grayPng } from '../html/gray-png.ts';

/** The part of a map that lies over a crop. */
export interface CropHeat {
  /** Gray PNG, one pixel a cell. */
  readonly png: Uint8Array;
  /** Left, top, width and height in shares of the crop: outer cells reach beyond it. */
  readonly place: readonly [number, number, number, number];
  /** The map has no heat in the whole image. */
  readonly isDegenerate: boolean;
}

/** Cuts a map to a region of its image, with a cell more on each side, from which a browser interpolates. Heat stays relative to the peak of the whole image. */
export function cropHeat(
  { values, width, height, place, isDegenerate }: PictureMap,
  region: Region,
  size: { readonly width: number; readonly height: number },
): CropHeat {
  const [left, top, across, down] = place;
  const x = cellRange(
    region.left / size.width,
    region.width / size.width,
    left,
    across / width,
    width,
  );
  const y = cellRange(
    region.top / size.height,
    region.height / size.height,
    top,
    down / height,
    height,
  );
  const cells = new Float32Array(x.count * y.count);
  for (let row = 0; row < y.count; row++) {
    const from = (y.first + row) * width + x.first;
    cells.set(values.subarray(from, from + x.count), row * x.count);
  }
  return {
    png: grayPng(cells, x.count, y.count),
    place: [x.start, y.start, x.length, y.length],
    isDegenerate,
  };
}

/** Of a cell: what rounding makes of a border. */
const fuzz = 1e-6;

/** Cells under [from, from + length) and their place in it; all lengths but `count` in shares of the image. */
function cellRange(from: number, length: number, origin: number, cell: number, count: number) {
  const first = Math.min(count - 1, Math.max(0, Math.floor((from - origin) / cell + fuzz) - 1));
  const end = Math.min(
    count,
    Math.max(first + 1, Math.ceil((from + length - origin) / cell - fuzz) + 1),
  );
  return {
    ...{ first, count: end - first },
    start: (origin + first * cell - from) / length,
    length: ((end - first) * cell) / length,
  };
}
