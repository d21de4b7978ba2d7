import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceHeat } from '../../src/maps/evidence-heat.ts';

const all = new Float32Array(4).fill(1);

test('scores above the median run from 0 to the highest', () => {
  const map = Float32Array.of(0, 1, 2, 4);
  assert.deepEqual([...evidenceHeat({ map, low: 0, high: 4 }, all)], [0, 0.25, 0.5, 1]);
});

test('a class that hardly any cell speaks for is hardly hot, and one that none speaks for is not', () => {
  const map = Float32Array.of(-8, -4, 0, 2);
  assert.deepEqual([...evidenceHeat({ map, low: -8, high: 2 }, all)], [0, 0, 0, 0.25]);
  const flat = new Float32Array(4);
  assert.deepEqual([...evidenceHeat({ map: flat, low: 0, high: 0 }, all)], [0, 0, 0, 0]);
});

test('padding has no heat', () => {
  const map = Float32Array.of(4, 4, 4, 4);
  const mask = Float32Array.of(0, 1, 1, 0);
  assert.deepEqual([...evidenceHeat({ map, low: 0, high: 4 }, mask)], [0, 1, 1, 0]);
});
