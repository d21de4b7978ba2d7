import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';
import { checkPlanes } from './check-planes.ts';
import { copyPlanar, type PlanarTarget } from './copy-planar.ts';
import type { RgbImage } from './rgb-image.ts';
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

function fillPadding(geometry: LetterboxGeometry, out: Uint8Array, offset: number): void {
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const below = inputHeight - top - newHeight;
  // Copied, not filled: `fill` goes byte by byte where the memory is shared between threads.
  const grey = new Uint8Array(Math.max(top, below) * inputWidth).fill(paddingGrey);
  for (let channel = 0; channel < 3; channel++) {
    const start = offset + channel * inputWidth * inputHeight;
    out.set(grey.subarray(0, top * inputWidth), start);
    out.set(grey.subarray(0, below * inputWidth), start + (top + newHeight) * inputWidth);
    if (newWidth === inputWidth) continue;
    for (let y = top; y < top + newHeight; y++) {
      const row = start + y * inputWidth;
      out.fill(paddingGrey, row, row + left);
      out.fill(paddingGrey, row + left + newWidth, row + inputWidth);
    }
  }
}

/** cv2.resize turns INTER_LINEAR into INTER_AREA when both sides shrink by exactly 2. */
function halvePlanar({ data, width, height }: RgbImage, target: PlanarTarget): void {
  const { out, offset, plane, stride } = target;
  const row = width * 3;
  for (let y = 0; y < height / 2; y++) {
    let a = 2 * y * row;
    let b = a + row;
    let to = offset + y * stride;
    for (let x = 0; x < width / 2; x++, to++, a += 6, b += 6) {
      out[to] = (data[a]! + data[a + 3]! + data[b]! + data[b + 3]! + 2) >> 2;
      out[to + plane] = (data[a + 1]! + data[a + 4]! + data[b + 1]! + data[b + 4]! + 2) >> 2;
      out[to + 2 * plane] = (data[a + 2]! + data[a + 5]! + data[b + 2]! + data[b + 5]! + 2) >> 2;
    }
  }
}

/**
 * Both axes at once, which beats keeping interpolated rows even where upscaling would use them again. The shifts are those of cv2's
 * HResizeLinear and VResizeLinear for 8 bits.
 */
function resizePlanar(
  image: RgbImage,
  newWidth: number,
  newHeight: number,
  target: PlanarTarget,
): void {
  const columns = columnTaps(image.width, newWidth);
  const rowBytes = image.width * 3;
  const scale = image.height / newHeight;
  const lowest = image.height - 1;
  for (let y = 0; y < newHeight; y++) {
    const at = Math.fround((y + 0.5) * scale - 0.5);
    const first = Math.floor(at);
    const above = Math.min(Math.max(first, 0), lowest) * rowBytes;
    const below = Math.min(Math.max(first + 1, 0), lowest) * rowBytes;
    const bottom = weightOf(Math.fround(at - first));
    const top = weightOf(Math.fround(1 - Math.fround(at - first)));
    const to = target.offset + y * target.stride;
    if (columns.single && bottom === 0) pickRow(image.data, above, columns, target, to);
    else mixRows(image.data, { above, below, top, bottom }, columns, target, to);
  }
}

/** One source pixel for each: what every row is where both scales are odd, such as 1920 x 1080 to 640 x 360. */
function pickRow(
  data: Uint8Array,
  row: number,
  { from }: ColumnTaps,
  { out, plane }: PlanarTarget,
  start: number,
): void {
  for (let x = 0, to = start; x < from.length; x++, to++) {
    const at = row + from[x]!;
    out[to] = data[at]!;
    out[to + plane] = data[at + 1]!;
    out[to + 2 * plane] = data[at + 2]!;
  }
}

/** Byte offsets of two source rows and their weights. */
interface RowTaps {
  readonly above: number;
  readonly below: number;
  readonly top: number;
  readonly bottom: number;
}

function mixRows(
  data: Uint8Array,
  { above, below, top, bottom }: RowTaps,
  { from, step, leftWeight, rightWeight }: ColumnTaps,
  { out, plane }: PlanarTarget,
  start: number,
): void {
  const { imul } = Math;
  for (let x = 0, to = start; x < from.length; x++, to++) {
    const left = leftWeight[x]!;
    const right = rightWeight[x]!;
    const a = above + from[x]!;
    const b = a + step[x]!;
    const c = below + from[x]!;
    const d = c + step[x]!;
    const red = imul((imul(data[a]!, left) + imul(data[b]!, right)) >> 4, top) >> 16;
    const redBelow = imul((imul(data[c]!, left) + imul(data[d]!, right)) >> 4, bottom) >> 16;
    out[to] = (red + redBelow + 2) >> 2;
    const green = imul((imul(data[a + 1]!, left) + imul(data[b + 1]!, right)) >> 4, top) >> 16;
    const greenBelow =
      imul((imul(data[c + 1]!, left) + imul(data[d + 1]!, right)) >> 4, bottom) >> 16;
    out[to + plane] = (green + greenBelow + 2) >> 2;
    const blue = imul((imul(data[a + 2]!, left) + imul(data[b + 2]!, right)) >> 4, top) >> 16;
    const blueBelow =
      imul((imul(data[c + 2]!, left) + imul(data[d + 2]!, right)) >> 4, bottom) >> 16;
    out[to + 2 * plane] = (blue + blueBelow + 2) >> 2;
  }
}

/** For each new column: byte offset of its left source pixel in a row, distance to the right one (0 at the edge), and both weights. */
interface ColumnTaps {
  readonly from: Int32Array;
  readonly step: Int32Array;
  readonly leftWeight: Int32Array;
  readonly rightWeight: Int32Array;
  /** No right weight is above 0. */
  readonly single: boolean;
}

function columnTaps(width: number, newWidth: number): ColumnTaps {
  const scale = width / newWidth;
  const from = new Int32Array(newWidth);
  const step = new Int32Array(newWidth);
  const leftWeight = new Int32Array(newWidth);
  const rightWeight = new Int32Array(newWidth);
  for (let x = 0; x < newWidth; x++) {
    const at = Math.fround((x + 0.5) * scale - 0.5);
    const first = Math.floor(at);
    const inside = first >= 0 && first < width - 1;
    const fraction = inside ? Math.fround(at - first) : 0;
    from[x] = 3 * Math.min(Math.max(first, 0), width - 1);
    step[x] = inside ? 3 : 0;
    leftWeight[x] = weightOf(Math.fround(1 - fraction));
    rightWeight[x] = weightOf(fraction);
  }
  const single = rightWeight.every((weight) => weight === 0);
  return { from, step, leftWeight, rightWeight, single };
}

function weightOf(fraction: number): number {
  return roundHalfEven(fraction * weightOne);
}
