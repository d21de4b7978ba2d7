import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyGeometry } from '../../src/image/input/classify-crop.ts';
import { letterboxGeometry } from '../../src/image/input/letterbox.ts';
import { mapToImage } from '../../src/maps/map-to-image.ts';

/** A map whose value is a linear function of its place on the input, so that sampling must give the place back. */
function ramp(gridWidth: number, gridHeight: number, along: 'x' | 'y', size: number): Float32Array {
  return Float32Array.from({ length: gridWidth * gridHeight }, (_, i) => {
    const cell = along === 'x' ? i % gridWidth : Math.floor(i / gridWidth);
    return (cell + 0.5) * (size / (along === 'x' ? gridWidth : gridHeight));
  });
}

test('a pixel gets the value at its place on the input, without a shift of half a cell', () => {
  const geometry = letterboxGeometry(640, 400, { inputWidth: 320, inputHeight: 320 });
  const map = ramp(40, 40, 'y', 320);
  const plan = { map, gridWidth: 40, gridHeight: 40, geometry, width: 640, height: 400 };
  const out = mapToImage(plan);
  // Content rows are 60 to 260 on the input; row 200 of 400 has its center at 60 + 200.5 / 2.
  assert.equal(out[200 * 640], 160.25);
  assert.equal(out[300 * 640 + 639], 210.25);
});

test('content that ends inside a cell is cropped at its fraction', () => {
  const geometry = letterboxGeometry(640, 410, { inputWidth: 320, inputHeight: 320 });
  assert.deepEqual([geometry.top, geometry.newHeight], [57, 205]);
  const map = ramp(10, 10, 'y', 320);
  const plan = { map, gridWidth: 10, gridHeight: 10, geometry, width: 1, height: 41 };
  const out = mapToImage(plan);
  assert.ok(Math.abs(out[20]! - (57 + (20.5 * 205) / 41)) < 1e-4);
});

test('padding cells beside the content are never mixed in', () => {
  const geometry = letterboxGeometry(640, 320, { inputWidth: 320, inputHeight: 320 });
  const map = new Float32Array(100).fill(-1000);
  // Rows 80 to 240 are content: cells 2 to 7 overlap it.
  map.fill(1, 20, 80);
  const out = mapToImage({ map, gridWidth: 10, gridHeight: 10, geometry, width: 64, height: 32 });
  assert.ok(out.every((value) => value === 1));
});

test('a classify crop has values in its rectangle of the original and none outside', () => {
  const geometry = classifyGeometry(300, 100, { inputWidth: 50, inputHeight: 50 });
  assert.deepEqual([geometry.newWidth, geometry.left], [150, -50]);
  const map = ramp(2, 2, 'x', 50);
  const out = mapToImage({ map, gridWidth: 2, gridHeight: 2, geometry, width: 30, height: 10 });
  const row = [...out.subarray(0, 30)];
  assert.ok(row.every((value, x) => Number.isNaN(value) === (x < 10 || x >= 20)));
  // The crop is original columns 100 to 200; column 15 of 30 has its center at 155, input pixel 27.5.
  assert.equal(row[15], 27.5);
});
