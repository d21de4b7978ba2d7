import type { RgbImage } from '../rgb-image.ts';

/** Pillow's fixed point (libImaging/Resample.c, PRECISION_BITS): 32 - 8 - 2. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** The part of a resized image that is wanted, in its pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Weighted source range of each wanted position: weights[i * size + k] belongs to source position starts[i] + k, k < counts[i]. */
interface Coefficients {
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
}

/**
 * A window of Pillow's `Image.resize((newWidth, newHeight), BILINEAR)` on 8-bit RGB: a triangle filter whose support grows with the
 * downscale factor, so it antialiases; horizontal pass first, each pass rounded to 8 bits. Equal to the bit, but for a resize that stretches the
 * width and shrinks the height: Pillow 13 then starts with the vertical pass, 1 gray level apart. Only what the window shows is computed:
 * the whole resized image of a thin strip can be gigabytes.
 */
export function pillowResize(
  image: RgbImage,
  newSize: { readonly width: number; readonly height: number },
  window: Window,
): RgbImage {
  const { left, top, width, height } = window;
  const columns = coefficients(image.width, newSize.width, left, width);
  const rows = coefficients(image.height, newSize.height, top, height);
  const firstRow = rows.starts[0]!;
  const lastRow = rows.starts[height - 1]! + rows.counts[height - 1]!;
  const source = {
    data: image.data.subarray(firstRow * image.width * 3, lastRow * image.width * 3),
    width: image.width,
    height: lastRow - firstRow,
  };
  const data = resizeColumns(resizeRows(source, columns), rows, width * 3);
  return { data, width, height };
}

/** Without a resize the filter has one tap of weight 1, so a pass that Pillow skips changes nothing here. */
function coefficients(
  oldSize: number,
  newSize: number,
  from: number,
  wanted: number,
): Coefficients {
  const scale = oldSize / newSize;
  const support = Math.max(scale, 1);
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(wanted);
  const counts = new Int32Array(wanted);
  const weights = new Int32Array(wanted * size);
  const raw = new Float64Array(size);
  for (let i = 0; i < wanted; i++) {
    const center = (from + i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const count = Math.min(Math.trunc(center + support + 0.5), oldSize) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const distance = Math.abs((k + start - center + 0.5) * (1 / support));
      raw[k] = distance < 1 ? 1 - distance : 0;
      sum += raw[k]!;
    }
    for (let k = 0; k < count; k++) {
      weights[i * size + k] = Math.trunc(0.5 + (raw[k]! / sum) * (1 << precisionBits));
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { size, starts, counts, weights };
}

function resizeRows({ data, width, height }: RgbImage, columns: Coefficients): Uint8Array {
  const { size, starts, counts, weights } = columns;
  const out = new Uint8Array(starts.length * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < starts.length; x++, to += 3) {
      let red = half;
      let green = half;
      let blue = half;
      let from = (y * width + starts[x]!) * 3;
      const first = x * size;
      for (let k = first; k < first + counts[x]!; k++, from += 3) {
        const weight = weights[k]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
      }
      out[to] = red >> precisionBits;
      out[to + 1] = green >> precisionBits;
      out[to + 2] = blue >> precisionBits;
    }
  }
  return out;
}

/** `data` starts with the first source row of the first wanted row. */
function resizeColumns(data: Uint8Array, rows: Coefficients, rowBytes: number): Uint8Array {
  const { size, starts, counts, weights } = rows;
  const out = new Uint8Array(rowBytes * starts.length);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(half);
    for (let k = 0; k < counts[y]!; k++) {
      const weight = weights[y * size + k]!;
      const from = (starts[y]! - starts[0]! + k) * rowBytes;
      for (let x = 0; x < rowBytes; x++) sums[x]! += data[from + x]! * weight;
    }
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) out[to + x] = sums[x]! >> precisionBits;
  }
  return out;
}
