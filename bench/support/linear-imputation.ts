import type { RgbImage } from '../../src/image/rgb-image.ts';
import { normalFrom } from './random.ts';

/** What a neighbor weighs in the mean that an erased pixel is to be: a direct one twice a diagonal one. */
const [direct, diagonal] = [1 / 6, 1 / 12];
/** Standard deviation of the noise, in gray levels: 0.01 of the range. */
const noiseDeviation = 2.55;
/** Of over-relaxation. */
const relaxation = 1.8;
/** Gray levels: no pixel changes by more in the last round. Values are rounded to whole levels, below the noise. */
const precision = 0.2;
const mostRounds = 300;

/**
 * Noisy linear imputation of ROAD (Rong et al. 2022, arXiv 2202.00449): each erased pixel is the weighted mean of its eight neighbors, 1/6 the direct and 1/12 the diagonal
 * ones (those outside of the image left out), plus a little noise. What is erased then takes no shape of its own: no edge says where it was. The sparse linear system is solved by
 * successive over-relaxation, from a first guess that grows inwards.
 *
 * @param erased 1 for pixels that are to be filled, row-major
 * @param random Uniform in [0, 1): of the noise
 */
export function linearImputation(
  { data, width, height }: RgbImage,
  erased: Uint8Array,
  random: () => number,
): RgbImage {
  const values = Float32Array.from(data);
  const system = systemOf(erased, width, height);
  guess(values, erased, system);
  for (let round = 0; round < mostRounds; round++) {
    if (relax(values, system) < precision) break;
  }
  for (const pixel of system.pixels) {
    for (let channel = 0; channel < 3; channel++) {
      values[3 * pixel + channel]! += noiseDeviation * normalFrom(random);
    }
  }
  return { data: Uint8Array.from(Uint8ClampedArray.from(values)), width, height };
}

interface System {
  /** Erased ones. */
  readonly pixels: Int32Array;
  /** [pixels, 8]: neighbors of each; the pixel itself, without weight, where one lies outside. */
  readonly places: Int32Array;
  /** [pixels, 8]: their sum is 1 for each pixel. */
  readonly weights: Float32Array;
}

function systemOf(erased: Uint8Array, width: number, height: number): System {
  const pixels = Int32Array.from([...erased.keys()].filter((pixel) => erased[pixel] === 1));
  const places = new Int32Array(8 * pixels.length);
  const weights = new Float32Array(8 * pixels.length);
  for (const [at, pixel] of pixels.entries()) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    let [to, sum] = [8 * at, 0];
    for (let down = -1; down <= 1; down++) {
      for (let across = -1; across <= 1; across++) {
        if (down === 0 && across === 0) continue;
        const [column, row] = [x + across, y + down];
        const isInside = column >= 0 && column < width && row >= 0 && row < height;
        const weight = down === 0 || across === 0 ? direct : diagonal;
        places[to] = isInside ? row * width + column : pixel;
        weights[to++] = isInside ? weight : 0;
        if (isInside) sum += weight;
      }
    }
    for (let one = 8 * at; one < to; one++) weights[one]! /= sum;
  }
  return { pixels, places, weights };
}

/** From the rim inwards, each pixel gets the weighted mean of those of its neighbors that were filled, or kept, before its ring. */
function guess(
  values: Float32Array,
  erased: Uint8Array,
  { pixels, places, weights }: System,
): void {
  const open = Uint8Array.from(erased);
  let left = [...pixels.keys()];
  while (left.length > 0) {
    const ring = left.filter((at) =>
      places.subarray(8 * at, 8 * at + 8).some((place) => open[place] === 0),
    );
    if (ring.length === 0) return;
    for (const at of ring) {
      for (let channel = 0; channel < 3; channel++) {
        let [mean, sum] = [0, 0];
        for (let one = 8 * at; one < 8 * at + 8; one++) {
          if (open[places[one]!] === 1) continue;
          mean += weights[one]! * values[3 * places[one]! + channel]!;
          sum += weights[one]!;
        }
        values[3 * pixels[at]! + channel] = mean / sum;
      }
    }
    for (const at of ring) open[pixels[at]!] = 0;
    left = left.filter((at) => open[pixels[at]!] === 1);
  }
}

/** Moves each pixel towards the mean of its neighbors, and a little beyond; returns the greatest change of a channel. */
function relax(values: Float32Array, { pixels, places, weights }: System): number {
  let most = 0;
  for (let at = 0; at < pixels.length; at++) {
    let [red, green, blue] = [0, 0, 0];
    for (let one = 8 * at; one < 8 * at + 8; one++) {
      const [from, weight] = [3 * places[one]!, weights[one]!];
      red += weight * values[from]!;
      green += weight * values[from + 1]!;
      blue += weight * values[from + 2]!;
    }
    const to = 3 * pixels[at]!;
    red = relaxation * (red - values[to]!);
    green = relaxation * (green - values[to + 1]!);
    blue = relaxation * (blue - values[to + 2]!);
    values[to]! += red;
    values[to + 1]! += green;
    values[to + 2]! += blue;
    most = Math.max(most, Math.abs(red), Math.abs(green), Math.abs(blue));
  }
  return most;
}
