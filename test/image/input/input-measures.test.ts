import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureInput } from '../../../src/image/input/input-measures.ts';
import type { RgbImage } from '../../../src/image/rgb-image.ts';
import { sampleRow } from '../../../src/kernels/input-samples.ts';
import { seededRandom } from '../../support/seeded-random.ts';

type Pixel = readonly [red: number, green: number, blue: number];

function made(width: number, height: number, pixel: (x: number, y: number) => Pixel): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(pixel(x, y), 3 * (y * width + x));
  return { data, width, height };
}

function gray(level: number): Pixel {
  return [level, level, level];
}

/** Mean of 3 x 3. */
function blurred({ data, width, height }: RgbImage): RgbImage {
  return made(width, height, (x, y) => {
    const sums = [0, 0, 0];
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const column = Math.min(width - 1, Math.max(0, x + dx));
        const row = Math.min(height - 1, Math.max(0, y + dy));
        for (const channel of [0, 1, 2])
          sums[channel] = sums[channel]! + data[3 * (row * width + column) + channel]!;
      }
    return [sums[0]! / 9, sums[1]! / 9, sums[2]! / 9];
  });
}

function near(actual: number, expected: number, within = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
}

describe('the measures of an input', () => {
  it('of half black and half white are brightness 0.5, contrast 0.5 and no color', () => {
    const { brightness, contrast, colorfulness } = measureInput(
      made(8, 8, (x) => gray(x < 4 ? 0 : 255)),
    );
    near(brightness, 0.5);
    near(contrast, 0.5);
    near(colorfulness, 0);
  });

  it('weigh colors as BT.601 does, and red beside green is as colorful as Hasler and Suesstrunk say', () => {
    const { brightness, colorfulness } = measureInput(
      made(8, 8, (x) => (x % 2 === 0 ? [255, 0, 0] : [0, 255, 0])),
    );
    near(brightness, (0.299 + 0.587) / 2);
    // rg = 1 and -1: sd 1, mean 0. yb = 0.5 throughout: sd 0, mean 0.5.
    near(colorfulness, 1);
    const pale = measureInput(made(8, 8, (x) => (x % 2 === 0 ? [51, 0, 0] : [0, 51, 0])));
    near(pale.colorfulness, 0.2 + 0.3 * 0.1);
  });

  it('of a chessboard are as sharp as can be: 8', () => {
    near(
      measureInput(made(64, 64, (x, y) => gray((x + y) % 2 === 0 ? 60 : 180))).sharpness,
      8,
      0.02,
    );
  });

  it('have no sharpness where nothing varies, or nothing has neighbors', () => {
    assert.ok(Number.isNaN(measureInput(made(9, 9, () => gray(77))).sharpness));
    assert.ok(Number.isNaN(measureInput(made(9, 2, (x) => gray(x))).sharpness));
    near(measureInput(made(1, 1, () => gray(255))).brightness, 1);
  });

  for (const [width, height] of [
    [40, 30],
    [500, 400],
  ] as const) {
    const random = seededRandom(width);
    const cells = Array.from({ length: 400 }, () => 40 + Math.floor(random() * 200));
    const image = made(width, height, (x, y) => {
      const level = cells[(Math.floor(x / 3) * 7 + Math.floor(y / 3) * 13) % 400]!;
      return [level, Math.floor(level / 2), 20];
    });

    it(`call a blurred image of ${width} x ${height} less sharp, and a darker one as sharp`, () => {
      const own = measureInput(image);
      assert.ok(measureInput(blurred(image)).sharpness < 0.8 * own.sharpness);
      const dark = { ...image, data: image.data.map((level) => Math.round(level * 0.5)) };
      const darker = measureInput(dark);
      near(darker.brightness, own.brightness / 2, 0.003);
      near(darker.sharpness, own.sharpness, 0.05);
    });
  }

  it('of a large image are those of all of its pixels within a hundredth', () => {
    const random = seededRandom(9);
    const image = made(640, 480, (x, y) => [
      Math.floor(x / 3),
      Math.floor(y / 2),
      Math.floor(random() * 256),
    ]);
    const { brightness, contrast } = measureInput(image);
    let [sum, squares] = [0, 0];
    for (let i = 0; i < image.data.length; i += 3) {
      const [r = 0, g = 0, b = 0] = image.data.subarray(i, i + 3);
      const luma = (0.299 * r + 0.587 * g + 0.114 * b) / 255;
      sum += luma;
      squares += luma * luma;
    }
    const n = 640 * 480;
    near(brightness, sum / n, 0.01);
    near(contrast, Math.sqrt(squares / n - (sum / n) ** 2), 0.01);
  });

  it('of other numbers of channels take their mean, and have no color', () => {
    const channels = {
      data: new Uint8Array([0, 255, 255, 255, 0, 0, 0, 255]),
      width: 2,
      height: 1,
    };
    const { brightness, colorfulness } = measureInput({ ...channels, channels: 4 });
    near(brightness, 0.5);
    assert.ok(Number.isNaN(colorfulness));
  });
});

it('samples of a row of any width are those of plain arithmetic', () => {
  for (const width of [1, 2, 3, 5, 17, 127, 128, 129, 300]) {
    const random = seededRandom(width);
    const image = made(width, 3, () => [0, 1, 2].map(() => Math.floor(256 * random())) as never);
    const count = Math.min(128, width);
    const luma = (x: number, y: number) => {
      const [red, green, blue] = image.data.subarray(3 * (y * width + x));
      return 299 * red! + 587 * green! + 114 * blue!;
    };
    for (const y of [0, 1]) {
      const expected = [0, 0, 0, 0];
      for (let i = 0; i < count; i++) {
        const x = Math.floor(((i + 0.3) * width) / count);
        expected[0]! += luma(x, y);
        expected[1]! += luma(x, y) ** 2;
        if (y === 0 || x === 0 || x === width - 1) continue;
        expected[2]! += 1;
        const around = luma(x - 1, y) + luma(x + 1, y) + luma(x, y - 1) + luma(x, y + 1);
        expected[3]! += (around - 4 * luma(x, y)) ** 2;
      }
      assert.deepEqual([...sampleRow(image, { y, count, offset: 0.3 }).subarray(0, 4)], expected);
    }
  }
});
