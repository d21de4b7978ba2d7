import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCanvas } from '../../../src/image/canvas.ts';
import { drawLabeled } from '../../../src/image/overlay/draw-labeled.ts';

it('a label is drawn in dashes along its box, its outline or its rotated box, and covers nothing else', () => {
  const gray = [128, 128, 128] as const;
  const frame = {
    x: 0,
    y: 0,
    width: 100,
    height: 100,
    scaleX: 0.5,
    scaleY: 0.5,
    ground: 'photo',
  } as const;
  const box = [40, 40, 160, 160] as const;
  const turned = { centerX: 100, centerY: 100, width: 120, height: 120, angle: 0 };
  const square = [40, 40, 160, 40, 160, 160, 40, 160];
  const kinds = [
    { box, classId: 0 },
    { box, classId: 0, polygons: [square] },
    { box, classId: 0, rotated: turned },
  ];
  for (const label of kinds) {
    const canvas = createCanvas(100, 100, gray);
    drawLabeled(canvas, [label], frame);
    const row = Array.from({ length: 60 }, (_, i) => canvas.data[(20 * 100 + 20 + i) * 3] ?? 0);
    assert.ok(row.filter((value) => value > 180).length > 15, 'white dashes');
    assert.ok(row.filter((value) => value === 128).length > 3, 'gaps');
    assert.equal(canvas.data[(50 * 100 + 50) * 3], 128);
  }
});
