import {
  type ColumnTaps,
  copyPlanar,
  halvePlanar,
  type RowTaps,
  resizePlanar,
} from '../../kernels/planes.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { RgbImage } from '../rgb-image.ts';
import { checkPlanes } from './check-planes.ts';
import { roundHalfEven } from './round-half-even.ts';

/** Gray of the padding, in every channel (Ultralytics `LetterBox`). */
export const paddingGray = 114;

/** cv2's fixed point for 8-bit INTER_LINEAR: 11 bits of weight (INTER_RESIZE_COEF_BITS). */
const weightOne = 2048;

/**
 * Ultralytics `LetterBox` with scaleup=True, center=True (8.4.190, data/augment.py): one gain for both sides, Python's
 * round-half-even, at least one pixel a side, the odd pixel of padding on the right and at the bottom. With `rectStride` auto=True: the input of the image is
 * only padded to that multiple, and is never larger than the whole.
 *
 * @param width image width in pixels, EXIF orientation applied
 */
export function letterboxGeometry(
  width: number,
  height: number,
  input: {
    readonly inputWidth: number;
    readonly inputHeight: number;
    readonly rectStride?: number | undefined;
  },
): LetterboxGeometry {
  const gain = Math.min(input.inputHeight / height, input.inputWidth / width);
  const newWidth = Math.max(roundHalfEven(width * gain), 1);
  const newHeight = Math.max(roundHalfEven(height * gain), 1);
  const { rectStride } = input;
  const [inputWidth, inputHeight] =
    rectStride === undefined
      ? [input.inputWidth, input.inputHeight]
      : [
          newWidth + ((input.inputWidth - newWidth) % rectStride),
          newHeight + ((input.inputHeight - newHeight) % rectStride),
        ];
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
    // cv2.resize turns INTER_LINEAR into INTER_AREA when both sides shrink by exactly 2.
    halvePlanar(image, target);
  } else {
    const columns = columnTaps(image.width, newWidth);
    resizePlanar(image, columns, rowTaps(image.height, newHeight), target);
  }
}

let gray = new Uint8Array(0);

/** Source of copies: `fill` goes byte by byte where memory is shared between threads. */
function grayBytes(length: number): Uint8Array {
  if (gray.length < length) gray = new Uint8Array(length).fill(paddingGray);
  return gray;
}

function fillPadding(geometry: LetterboxGeometry, out: Uint8Array, offset: number): void {
  const { newWidth, newHeight, left, top, inputWidth, inputHeight } = geometry;
  const below = inputHeight - top - newHeight;
  const padding = grayBytes(Math.max(top, below) * inputWidth);
  for (let channel = 0; channel < 3; channel++) {
    const start = offset + channel * inputWidth * inputHeight;
    out.set(padding.subarray(0, top * inputWidth), start);
    out.set(padding.subarray(0, below * inputWidth), start + (top + newHeight) * inputWidth);
    if (newWidth === inputWidth) continue;
    for (let y = top; y < top + newHeight; y++) {
      const row = start + y * inputWidth;
      out.fill(paddingGray, row, row + left);
      out.fill(paddingGray, row + left + newWidth, row + inputWidth);
    }
  }
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

function rowTaps(height: number, newHeight: number): RowTaps {
  const scale = height / newHeight;
  const records = new Int32Array(4 * newHeight);
  for (let y = 0; y < newHeight; y++) {
    const at = Math.fround((y + 0.5) * scale - 0.5);
    const first = Math.floor(at);
    records[4 * y] = Math.min(Math.max(first, 0), height - 1);
    records[4 * y + 1] = Math.min(Math.max(first + 1, 0), height - 1);
    records[4 * y + 2] = weightOf(Math.fround(1 - Math.fround(at - first)));
    records[4 * y + 3] = weightOf(Math.fround(at - first));
  }
  return { records };
}

function weightOf(fraction: number): number {
  return roundHalfEven(fraction * weightOne);
}
