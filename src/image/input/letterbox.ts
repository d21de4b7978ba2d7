import { kernelMemory } from '../../kernels/kernel-memory.ts';
import { kernels } from '../../kernels/kernels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { RgbImage } from '../rgb-image.ts';
import { checkPlanes } from './check-planes.ts';
import { copyPlanar } from './copy-planar.ts';
import { type PlanarTarget, writePlanes } from './planar-target.ts';
import { roundHalfEven } from './round-half-even.ts';

/** Grey of the padding, in every channel (Ultralytics `LetterBox`). */
export const paddingGrey = 114;

/** cv2's fixed point for 8-bit INTER_LINEAR: 11 bits of weight (INTER_RESIZE_COEF_BITS). */
const weightOne = 2048;

/**
 * Ultralytics `LetterBox` with auto=False, scaleup=True, center=True (8.4.190, data/augment.py): one gain for both sides, Python's
 * round-half-even, at least one pixel a side, the odd pixel of padding on the right and at the bottom.
 *
 * @param width image width in pixels, EXIF orientation applied
 */
export function letterboxGeometry(
  width: number,
  height: number,
  input: { readonly inputWidth: number; readonly inputHeight: number },
): LetterboxGeometry {
  const { inputWidth, inputHeight } = input;
  const gain = Math.min(inputHeight / height, inputWidth / width);
  const newWidth = Math.max(roundHalfEven(width * gain), 1);
  const newHeight = Math.max(roundHalfEven(height * gain), 1);
  const left = roundHalfEven((inputWidth - newWidth) / 2 - 0.1);
  const top = roundHalfEven((inputHeight - newHeight) / 2 - 0.1);
  return { width, height, newWidth, newHeight, left, top, inputWidth, inputHeight };
}

/**
 * Resizes `image` to newWidth x newHeight and writes it with its padding to `out` from `offset`: planar RGB (CHW),
 * 3 * inputHeight * inputWidth bytes. The resize is cv2.resize INTER_LINEAR to the bit: two taps, no antialias, cv2's
 * fixed point and its 2 x 2 mean at exactly half size. An image that already has the new size (see `decodeImageNear`) is copied.
 */
export function letterboxInto(
  image: RgbImage,
  geometry: LetterboxGeometry,
  out: Uint8Array,
  offset: number,
): void {
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const plane = inputWidth * inputHeight;
  checkPlanes(out, offset, plane);
  fillPadding(geometry, out, offset);
  const target = { out, offset: offset + top * inputWidth + left, plane, stride: inputWidth };
  if (image.width === newWidth && image.height === newHeight) copyPlanar(image, target);
  else if (image.width === 2 * newWidth && image.height === 2 * newHeight) {
    halvePlanar(image, target);
  } else resizePlanar(image, newWidth, newHeight, target);
}

let grey = new Uint8Array(0);

/** To be copied from: `fill` goes byte by byte where the memory is shared between threads. */
function greyBytes(length: number): Uint8Array {
  if (grey.length < length) grey = new Uint8Array(length).fill(paddingGrey);
  return grey;
}

function fillPadding(geometry: LetterboxGeometry, out: Uint8Array, offset: number): void {
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const below = inputHeight - top - newHeight;
  const padding = greyBytes(Math.max(top, below) * inputWidth);
  for (let channel = 0; channel < 3; channel++) {
    const start = offset + channel * inputWidth * inputHeight;
    out.set(padding.subarray(0, top * inputWidth), start);
    out.set(padding.subarray(0, below * inputWidth), start + (top + newHeight) * inputWidth);
    if (newWidth === inputWidth) continue;
    for (let y = top; y < top + newHeight; y++) {
      const row = start + y * inputWidth;
      out.fill(paddingGrey, row, row + left);
      out.fill(paddingGrey, row + left + newWidth, row + inputWidth);
    }
  }
}

/** cv2.resize turns INTER_LINEAR into INTER_AREA when both sides shrink by exactly 2. */
function halvePlanar(image: RgbImage, target: PlanarTarget): void {
  const width = image.width / 2;
  const rowBytes = image.width * 3;
  writePlanes(target, { width, height: image.height / 2 }, ({ row, rows, plane, to }) => {
    const first = 2 * row * rowBytes;
    const from = kernelMemory.put(image.data.subarray(first, first + 2 * rows * rowBytes));
    const whole = kernelMemory.room(12 * plane);
    kernels.splitPlanes(from, whole, 4 * plane, 4 * plane);
    for (let channel = 0; channel < 3; channel++) {
      kernels.halvePlane(whole + channel * 4 * plane, to + channel * plane, width, rows);
    }
  });
}

/** The shifts are those of cv2's HResizeLinear and VResizeLinear for 8 bits. */
function resizePlanar(image: RgbImage, width: number, height: number, target: PlanarTarget): void {
  const columns = columnTaps(image.width, width);
  const scale = image.height / height;
  const lowest = image.height - 1;
  writePlanes(target, { width, height }, ({ row, rows, plane, to }) => {
    const taps = kernelMemory.put(columns.taps);
    const picks = kernelMemory.put(columns.picks);
    const source = new SourceRows(image);
    for (let i = 0; i < rows; i++) {
      const at = Math.fround((row + i + 0.5) * scale - 0.5);
      const first = Math.floor(at);
      const bottom = weightOf(Math.fround(at - first));
      const top = weightOf(Math.fround(1 - Math.fround(at - first)));
      const above = source.at(Math.min(Math.max(first, 0), lowest));
      const start = to + i * width;
      if (columns.single && bottom === 0) kernels.pickRow(above, picks, start, plane, width);
      else {
        const below = source.at(Math.min(Math.max(first + 1, 0), lowest));
        kernels.mixRow(above, below, top, bottom, taps, start, plane, width);
      }
    }
  });
}

/** The two rows of an image that were asked for last, in the memory of the kernels. */
class SourceRows {
  readonly #image: RgbImage;
  readonly #slots: readonly { readonly address: number; row: number }[];

  constructor(image: RgbImage) {
    this.#image = image;
    // One byte more: pixels are read in words.
    const rowBytes = image.width * 3 + 1;
    this.#slots = [0, 1].map(() => ({ address: kernelMemory.room(rowBytes), row: -1 }));
  }

  /** Neighbours are in different slots. */
  at(row: number): number {
    const slot = this.#slots[row % 2]!;
    if (slot.row !== row) {
      const rowBytes = this.#image.width * 3;
      const { data } = this.#image;
      kernelMemory.replace(slot.address, data.subarray(row * rowBytes, (row + 1) * rowBytes));
      slot.row = row;
    }
    return slot.address;
  }
}

/** What `mixRow` and `pickRow` of the kernels take. */
interface ColumnTaps {
  readonly taps: Int32Array;
  readonly picks: Int32Array;
  /** No right pixel has a weight: what every row is where both scales are odd, such as 1920 x 1080 to 640 x 360. */
  readonly single: boolean;
}

function columnTaps(width: number, newWidth: number): ColumnTaps {
  const scale = width / newWidth;
  const taps = new Int32Array(3 * newWidth);
  const picks = new Int32Array(newWidth);
  let single = true;
  for (let x = 0; x < newWidth; x++) {
    const at = Math.fround((x + 0.5) * scale - 0.5);
    const first = Math.floor(at);
    const inside = first >= 0 && first < width - 1;
    const fraction = inside ? Math.fround(at - first) : 0;
    const left = 3 * Math.min(Math.max(first, 0), width - 1);
    const rightWeight = weightOf(fraction);
    picks[x] = left;
    taps[3 * x] = left;
    taps[3 * x + 1] = inside ? left + 3 : left;
    taps[3 * x + 2] = weightOf(Math.fround(1 - fraction)) | (rightWeight << 16);
    single &&= rightWeight === 0;
  }
  return { taps, picks, single };
}

function weightOf(fraction: number): number {
  return roundHalfEven(fraction * weightOne);
}
