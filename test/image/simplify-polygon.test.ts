import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simplifyPolygon } from '../../src/image/simplify-polygon.ts';

test('points on straight sides go, corners stay', () => {
  const square: number[] = [];
  for (let i = 0; i < 10; i++) square.push(i, 0);
  for (let i = 0; i < 10; i++) square.push(10, i);
  for (let i = 10; i > 0; i--) square.push(i, 10);
  for (let i = 10; i > 0; i--) square.push(0, i);
  assert.deepEqual(simplifyPolygon(square, 0.5), [0, 0, 10, 0, 10, 10, 0, 10]);
});

test('no point that goes lies farther off than the tolerance', () => {
  const circle = Array.from({ length: 360 }, (_, i) => [
    100 * Math.cos((i * Math.PI) / 180),
    100 * Math.sin((i * Math.PI) / 180),
  ]).flat();
  const kept = simplifyPolygon(circle, 1);
  // A chord of a circle of radius 100 that stays within 1 spans 16.2 degrees: 23 at least.
  assert.ok(kept.length / 2 >= 23 && kept.length / 2 <= 64, `${kept.length / 2} points`);
  const corners = Array.from({ length: kept.length / 2 }, (_, i) =>
    Math.atan2(kept[2 * i + 1] ?? 0, kept[2 * i] ?? 0),
  ).sort((a, b) => a - b);
  corners.forEach((angle, i) => {
    const next = corners[i + 1] ?? (corners[0] ?? 0) + 2 * Math.PI;
    assert.ok(100 * (1 - Math.cos((next - angle) / 2)) <= 1.01);
  });
});

test('a triangle stays, and of what is thinner than the tolerance two points', () => {
  assert.deepEqual(simplifyPolygon([0, 0, 4, 0, 0, 3], 9), [0, 0, 4, 0, 0, 3]);
  assert.deepEqual(simplifyPolygon([0, 0, 5, 0.1, 10, 0, 5, -0.1], 0.5), [0, 0, 10, 0]);
  assert.deepEqual(simplifyPolygon([], 1), []);
});
