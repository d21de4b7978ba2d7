import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { letterboxGeometry, letterboxInto } from '../../src/image/input/letterbox.ts';
import {
  areFiniteFloats,
  peakVotes,
  writeAlignment,
  writeBytes,
} from '../../src/kernels/evidence-values.ts';
import { copyPlanar } from '../../src/kernels/planes.ts';
import { normalizeMap } from '../../src/maps/fusion.ts';
import { signOfComponent } from '../../src/model/eigen-cam/component-sign.ts';
import { toFloat16 } from '../../src/shared/results/float16.ts';
import { mapUnit, writeMapLevels } from '../../src/shared/statistics/map-sum.ts';
import { seededRandom } from '../support/seeded-random.ts';

/* Kernels take four, eight or sixteen cells at a time: what is left over, and what lies behind the end, is where they could be wrong. */

const sizes = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 169];

/** Large values in the memory of the kernels, for what reads beyond its end to be seen. */
function leaveTraces(): void {
  const traces = new Float32Array(4096).fill(1e30);
  normalizeMap(traces, traces);
}

function randomMap(cells: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: cells }, () => 2 * random() - 1);
}

describe('on maps of any number of cells', () => {
  it('normalizing is what its definition says', () => {
    for (const cells of sizes) {
      leaveTraces();
      const map = randomMap(cells, cells);
      const mask = Float32Array.from({ length: cells }, (_, i) => (i % 5 === 1 ? 0 : 1));
      const inside = [...map].filter((_, i) => mask[i] === 1).map((value) => Math.max(value, 0));
      const [min, max] = [Math.min(...inside), Math.max(...inside)];
      const normalized = normalizeMap(map, mask);
      assert.equal(normalized.length, cells);
      normalized.forEach((value, i) => {
        const above = Math.max(map[i]!, 0) - min;
        const expected = mask[i] === 1 ? above / (1e-7 + max - min) : 0;
        assert.ok(Math.abs(value - expected) < 1e-6, `${cells} cells: ${value}, not ${expected}`);
      });
    }
  });

  it('the margin of a sign is the correlation with the norm', () => {
    for (const cells of sizes.filter((size) => size > 2)) {
      leaveTraces();
      const map = randomMap(cells, cells + 1);
      const energy = randomMap(cells, cells + 2).map((value) => value * value);
      const mask = Float32Array.from({ length: cells }, (_, i) => (i === 0 ? 0 : 1));
      const { margin } = signOfComponent({ map, energy, mask, rule: 'l2' });
      const expected = Math.abs(
        correlation([...map].slice(1), [...energy].slice(1).map(Math.sqrt)),
      );
      assert.ok(Math.abs(margin - expected) < 1e-9, `${cells} cells: ${margin}, not ${expected}`);
    }
  });

  it('levels round half up, clamp, and mark what is not finite', () => {
    const known = [0, 1, 0.5 / mapUnit, 0.49 / mapUnit, -1, 2, Number.NaN, Infinity];
    const levels = [0, 4095, 1, 0, 0, 4095, -1, -1];
    for (const cells of sizes) {
      leaveTraces();
      const map = Float32Array.from({ length: cells }, (_, i) => known[i % known.length]!);
      const out = new Int16Array(cells + 2).fill(7);
      writeMapLevels(map, out, 1);
      const expected = Array.from({ length: cells }, (_, i) => levels[i % levels.length]);
      assert.deepEqual([...out], [7, ...expected, 7]);
    }
  });

  it('bytes are steps above a base, rounded', () => {
    for (const cells of sizes) {
      leaveTraces();
      const map = Float32Array.from({ length: cells }, (_, i) => 2 + (i % 11) / 10);
      const out = new Uint8Array(cells + 2).fill(7);
      writeBytes(map, { base: 2, gain: 255 }, out, 1);
      const expected = Array.from(map, (value) => Math.floor((value - 2) * 255 + 0.5));
      assert.deepEqual([...out], [7, ...expected, 7]);
    }
  });

  it('an alignment is the square of the cosine, and none where one is not a number', () => {
    for (const cells of sizes) {
      leaveTraces();
      const products = randomMap(cells, cells);
      const squares = Float32Array.from({ length: cells }, (_, i) => (i % 3 === 1 ? 0 : 1 / 8));
      const expected = Array.from(products, (product, i) =>
        product > 0 && squares[i]! > 0
          ? Math.fround(Math.min(1, (product * product) / (2 * squares[i]!)))
          : 0,
      );
      const out = new Float32Array(cells);
      assert.equal(writeAlignment(products, squares, 2, out), true);
      assert.deepEqual([...out], expected);
      products[cells - 1] = Number.POSITIVE_INFINITY;
      squares[cells - 1] = Number.POSITIVE_INFINITY;
      assert.equal(writeAlignment(products, squares, 2, out), false);
    }
  });

  it('peaks are what no neighbor is higher than', () => {
    for (const gridWidth of sizes) {
      leaveTraces();
      const gridHeight = 5;
      const map = randomMap(gridWidth * gridHeight, gridWidth);
      const at = (x: number, y: number) =>
        x < 0 || x >= gridWidth ? 0 : (map[y * gridWidth + x] ?? 0);
      const expected = Array.from(map, (value, cell) => {
        const [x, y] = [cell % gridWidth, Math.floor(cell / gridWidth)];
        const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => at(x + dx, y + dy)));
        return value > 0 && around.every((other) => other <= value) ? value * value * 2 : 0;
      });
      const areas = new Float64Array(map.length).fill(2);
      assert.deepEqual([...peakVotes(map, { gridWidth, gridHeight }, areas)], expected);
    }
  });

  it('one value that is not finite is found wherever it is', () => {
    for (const cells of [...sizes, 4096, 5000]) {
      leaveTraces();
      const map = randomMap(cells, cells);
      assert.equal(areFiniteFloats(map), true);
      for (const odd of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        map[cells - 1] = odd;
        assert.equal(areFiniteFloats(map), false, `${cells} cells`);
      }
    }
  });

  it('float16 has all its values back, and rounds ties to even', () => {
    for (const cells of sizes) {
      leaveTraces();
      const values = Float32Array.from({ length: cells }, (_, i) => 1 + (i + 0.5) / 1024);
      const expected = Array.from({ length: cells }, (_, i) => 0x3c00 + i + (i % 2));
      assert.deepEqual([...toFloat16(values)], expected);
    }
  });
});

describe('on images of any width', () => {
  it('interleaved pixels become three planes, and nothing beside them is written', () => {
    for (const width of sizes) {
      const height = 3;
      const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 251);
      const stride = width + 2;
      const plane = stride * height;
      const out = new Uint8Array(3 * plane).fill(9);
      copyPlanar({ data, width, height }, { out, offset: 1, plane, stride });
      const expected = new Uint8Array(3 * plane).fill(9);
      for (let i = 0; i < data.length; i++) {
        const pixel = Math.floor(i / 3);
        const row = Math.floor(pixel / width);
        expected[(i % 3) * plane + row * stride + 1 + (pixel % width)] = data[i]!;
      }
      assert.deepEqual(out, expected, `width ${width}`);
    }
  });

  it('half the size is the rounded mean of 2 x 2', () => {
    for (const half of sizes) {
      const [width, height] = [2 * half, 4];
      const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 53) % 256);
      const input = { inputWidth: half, inputHeight: 2 };
      const out = new Uint8Array(3 * half * 2);
      letterboxInto({ data, width, height }, letterboxGeometry(width, height, input), out, 0);
      const at = (x: number, y: number, channel: number) => data[(y * width + x) * 3 + channel]!;
      out.forEach((value, i) => {
        const [channel, y, x] = [Math.floor(i / (2 * half)), Math.floor(i / half) % 2, i % half];
        const sum = [0, 1].flatMap((dy) => [0, 1].map((dx) => at(2 * x + dx, 2 * y + dy, channel)));
        assert.equal(value, (sum.reduce((a, b) => a + b) + 2) >> 2, `width ${half}, byte ${i}`);
      });
    }
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const dot = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  const covariance = dot(a, b, meanA, meanB);
  return covariance / Math.sqrt(dot(a, a, meanA, meanA) * dot(b, b, meanB, meanB));
}
