import { axisTaps, type BilinearTaps } from '../../kernels/map-sampling.ts';

/** One axis of an image, from the prototypes' grid over the pixels of the model's input to those of the original; the same for all of its masks. */
export interface MaskAxis {
  /** Of the original image. */
  readonly size: number;
  /** For each pixel of the input, where it lies on the grid. */
  readonly taps: BilinearTaps;
  /** [inputSize + 1]: each position of the input in the original image, clipped to it. */
  readonly originals: Float64Array;
  /** [inputSize + 1]: the first pixel of the original whose center lies in that pixel of the input, or in a later one. */
  readonly firsts: Int32Array;
}

interface AxisSizes {
  readonly inputSize: number;
  /** Of the prototypes' grid. */
  readonly cells: number;
  /** Of the original image. */
  readonly size: number;
  /** Of the resized image in the input, and where it begins. */
  readonly newSize: number;
  readonly padding: number;
}

export function maskAxis({ inputSize, cells, size, newSize, padding }: AxisSizes): MaskAxis {
  const cellsPerPixel = cells / inputSize;
  const gain = newSize / size;
  const centers = Float64Array.from(
    { length: inputSize },
    (_, i) => (i + 0.5) * cellsPerPixel - 0.5,
  );
  const originals = Float64Array.from({ length: inputSize + 1 }, (_, i) =>
    Math.min(Math.max((i - padding) / gain, 0), size),
  );
  return { size, taps: axisTaps(centers, 0, cells - 1), originals, firsts: firstsOf(originals) };
}

/** Pixel i has its center at i + 0.5. */
function firstsOf(positions: Float64Array): Int32Array {
  return Int32Array.from(positions, (position) => Math.ceil(position - 0.5));
}

/** The taps of `size` pixels from `first` on. */
export function tapsOf({ taps }: MaskAxis, first: number, size: number): BilinearTaps {
  return { size, records: taps.records.subarray(3 * first, 3 * (first + size)) };
}
