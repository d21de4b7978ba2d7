import { rowSums, sampleRow } from '../../kernels/input-samples.ts';
import type { ChannelImage, RgbImage } from '../rgb-image.ts';

/** What the pixels of an image are like, before any model saw them. */
export interface InputMeasures {
  /** Mean luma, 0 black to 1 white. */
  readonly brightness: number;
  /** Root-mean-square contrast: standard deviation of luma, in [0, 0.5]. */
  readonly contrast: number;
  /** Standard deviation of the Laplacian over that of luma, > 0; NaN where all pixels have one luma or none has four neighbors. */
  readonly sharpness: number;
  /** Of colored images, 0 gray to about 1; NaN for other numbers of channels than 3. */
  readonly colorfulness: number;
}

/** Most samples along each side: 16,384 of an image. */
const mostPerSide = 128;

/** Fraction of the golden ratio: rows start where none of those before did. */
const turn = 0.618_033_988_749_895;

/**
 * Measures decoded pixels, and not the model's input, so that the numbers are those of the image whatever the model and its padding. Small images are read whole; of larger ones a
 * grid of 128 x 128 pixels, each row shifted so that no grid of the picture (8 x 8 blocks of JPEG) meets it in step. The same pixels are taken on every machine.
 *
 * Luma is 0.299 R + 0.587 G + 0.114 B (BT.601), or the mean of the channels. The Laplacian is the sum of the four neighbors less four times the pixel, at full
 * resolution; over the spread of luma it depends neither on brightness nor on contrast, and any blur lowers it (variance of the Laplacian: Pech-Pacheco et al. 2000).
 * Colorfulness is Hasler and Suesstrunk's (2003), on channels in [0, 1].
 */
export function measureInput(image: RgbImage | ChannelImage): InputMeasures {
  const channels = 'channels' in image ? image.channels : 3;
  const isColored = channels === 3;
  const white = isColored ? 255_000 : 255 * channels;
  const sums = new Float64Array(sumCount);
  const rows = Math.min(image.height, mostPerSide);
  for (let i = 0; i < rows; i++) {
    const y = Math.floor(((i + 0.5) * image.height) / rows);
    const row: SampledRow = { y, offset: (i * turn) % 1 };
    if (isColored) addRgbRow(image, row, sums);
    else addRow(image, channels, row, sums);
  }
  const n = sums[at.n] as number;
  const mean = (sums[at.luma] as number) / n;
  const variance = Math.max(0, (sums[at.lumaSquares] as number) / n - mean * mean);
  const laplacian = (sums[at.laplacianSquares] as number) / (sums[at.inner] as number);
  return {
    brightness: mean / white,
    contrast: Math.sqrt(variance) / white,
    // Without inner pixels 0 / 0.
    sharpness: variance > 0 ? Math.sqrt(laplacian / variance) : Number.NaN,
    colorfulness: isColored ? colorfulnessOf(sums, n) : Number.NaN,
  };
}

/** Places of the sums, from `luma` on those of `sampleRow`: all of integers, luma in thousandths of a level. `inner`: samples with four neighbors; `redGreen`: R - G; `yellowBlue`: R + G - 2 B. */
const at = {
  n: 0,
  luma: 1,
  lumaSquares: 2,
  inner: 3,
  laplacianSquares: 4,
  redGreen: 5,
  redGreenSquares: 6,
  yellowBlue: 7,
  yellowBlueSquares: 8,
} as const;
const sumCount = 9;

interface SampledRow {
  readonly y: number;
  /** Shifts the samples within their step, in [0, 1). */
  readonly offset: number;
}

function addRgbRow(image: RgbImage, { y, offset }: SampledRow, sums: Float64Array): void {
  const count = Math.min(image.width, mostPerSide);
  const ofRow = sampleRow(image, { y, count, offset });
  sums[at.n]! += count;
  for (let i = 0; i < rowSums; i++) sums[at.luma + i]! += ofRow[i]!;
}

function addRow(
  { data, width, height }: RgbImage,
  channels: number,
  row: SampledRow,
  sums: Float64Array,
): void {
  const samples = Math.min(width, mostPerSide);
  const stride = channels * width;
  const isInner = row.y > 0 && row.y < height - 1;
  let [luma, lumaSquares, inner, laplacianSquares] = [0, 0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const x = Math.floor(((i + row.offset) * width) / samples);
    const place = row.y * stride + channels * x;
    const own = sumAt(data, place, channels);
    luma += own;
    lumaSquares += own * own;
    if (!isInner || x === 0 || x === width - 1) continue;
    const beside =
      sumAt(data, place - channels, channels) + sumAt(data, place + channels, channels);
    const above = sumAt(data, place - stride, channels) + sumAt(data, place + stride, channels);
    inner += 1;
    laplacianSquares += (beside + above - 4 * own) ** 2;
  }
  addTo(sums, [samples, luma, lumaSquares, inner, laplacianSquares]);
}

function sumAt(data: Uint8Array, place: number, channels: number): number {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) sum += data[place + channel] as number;
  return sum;
}

function addTo(sums: Float64Array, terms: readonly number[], from = 0): void {
  for (const [i, term] of terms.entries()) sums[from + i] = (sums[from + i] as number) + term;
}

/** sqrt(var rg + var yb) + 0.3 sqrt(mean rg^2 + mean yb^2), with rg = R - G and yb = (R + G) / 2 - B. */
function colorfulnessOf(sums: Float64Array, n: number): number {
  const redGreen = (sums[at.redGreen] as number) / n / 255;
  const yellowBlue = (sums[at.yellowBlue] as number) / n / 510;
  const squares =
    (sums[at.redGreenSquares] as number) / n / 255 ** 2 +
    (sums[at.yellowBlueSquares] as number) / n / 510 ** 2;
  const centers = redGreen ** 2 + yellowBlue ** 2;
  const spread = Math.sqrt(Math.max(0, squares - centers));
  return Math.min(1, spread + 0.3 * Math.sqrt(centers));
}
