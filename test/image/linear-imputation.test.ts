import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillPixels, fills } from '../../bench/support/fill-pixels.ts';
import { linearImputation } from '../../bench/support/linear-imputation.ts';
import type { RgbImage } from '../../src/image/rgb-image.ts';

const [width, height] = [40, 30];
/** Erased: columns 10 to 25 of rows 5 to 19. */
const erased = Uint8Array.from({ length: width * height }, (_, pixel) => {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  return x >= 10 && x < 26 && y >= 5 && y < 20 ? 1 : 0;
});

function imageOf(value: (x: number, y: number, channel: number) => number): RgbImage {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return value(pixel % width, Math.floor(pixel / width), at % 3);
  });
  return { data, width, height };
}

/** Numbers whose noise is none: Box and Muller's is 0 where the first one is 0. */
const noNoise = () => 0;

describe('imputation from the surroundings', () => {
  it('continues a slope, which is its own mean, over what is erased', () => {
    const slope = imageOf((x, y, channel) => 20 + 3 * x + 2 * y + 10 * channel);
    const torn = imageOf((x, y, channel) =>
      erased[y * width + x] === 1 ? 255 : slope.data[3 * (y * width + x) + channel]!,
    );
    const { data } = linearImputation(torn, erased, noNoise);
    assert.ok(data.every((value, at) => Math.abs(value - slope.data[at]!) <= 1));
  });

  it('adds noise of 2.55 gray levels, there alone, and none of its own shape', () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const { data } = linearImputation(
      imageOf(() => 100),
      erased,
      random,
    );
    const inside = [...data].filter((_, at) => erased[Math.floor(at / 3)] === 1);
    const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const deviation = Math.sqrt(
      inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length,
    );
    assert.ok(Math.abs(mean - 100) < 1 && Math.abs(deviation - 2.55) < 0.3, `${mean} ${deviation}`);
    assert.ok(data.every((value, at) => erased[Math.floor(at / 3)] === 1 || value === 100));
  });
});

it('every way of filling leaves what is not erased as it is', async () => {
  const image = imageOf((x, y, channel) => (7 * x + 11 * y + 50 * channel) % 256);
  for (const fill of fills) {
    const { data } = await fillPixels(image, erased, { fill, random: noNoise });
    assert.ok(
      data.every((value, at) => erased[Math.floor(at / 3)] === 1 || value === image.data[at]),
    );
    assert.ok(data.some((value, at) => value !== image.data[at]));
  }
});
