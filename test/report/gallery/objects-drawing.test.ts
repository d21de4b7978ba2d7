import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { drawObjects } from '../../../src/report/gallery/objects-drawing.ts';
import type { Detection } from '../../../src/shared/run/detection.ts';

const size = { width: 640, height: 480 };
const box = [100, 100, 300, 300] as const;
const rle = { size: [480, 640], counts: '' } as const;

function blob(centerX: number, centerY: number, points: number): number[] {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const radius = 40 + 10 * Math.sin(7 * angle);
    return [
      Math.round(centerX + radius * Math.cos(angle)),
      Math.round(centerY + radius * Math.sin(angle)),
    ];
  }).flat();
}

/** R, G, B of one pixel of the drawing over white. */
async function pixel(detections: readonly Detection[], x: number, y: number): Promise<number[]> {
  const drawing = Buffer.from(drawObjects(detections, size));
  const { data, info } = await sharp(drawing)
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
}

describe('the objects of a card', () => {
  it('are boxes in the colors of their classes', async () => {
    const detections = [
      { box, score: 0.9, classId: 0 },
      { box: [400, 100, 500, 300], score: 0.8, classId: 3 },
    ] as const;
    const [red = 0, , blue = 0] = await pixel(detections, 100, 200);
    assert.ok(blue > red + 80, 'sky blue');
    assert.deepEqual(await pixel(detections, 200, 200), [255, 255, 255]);
    const drawing = drawObjects(detections, size);
    assert.match(drawing, /id="o0" d="M100 100h200V300h-200z"/);
    assert.match(drawing, /href="#o3" stroke="#4b78ff"/);
  });

  it('are masks, not filled over the heat, and the box of an empty one', async () => {
    const triangle = { polygons: [[200, 100, 300, 300, 100, 300]], rle };
    const inside = await pixel([{ box, score: 0.9, classId: 0, mask: triangle }], 200, 250);
    assert.deepEqual(inside, [255, 255, 255]);
    const empty = { box, score: 0.9, classId: 0, mask: { polygons: [], rle } };
    assert.match(drawObjects([empty], size), /d="M100 100h200V300h-200z"/);
  });

  it('have labels over them in dashes: boxes, or the outlines that are labeled', () => {
    const labels = [
      { box, classId: 0 },
      { box, classId: 0, polygons: [[200, 100, 300, 300, 100, 300]] },
    ] as const;
    const drawing = drawObjects([], size, labels);
    assert.match(drawing, /id="t" d="M100 100h200V300h-200zM200 100l100 200-200 0z"/);
    assert.match(drawing, /stroke-dasharray="4 4"/);
    assert.doesNotMatch(drawObjects([], size), /dash/);
  });

  it('are rotated boxes by their corners', () => {
    const rotated = { centerX: 200, centerY: 200, width: 40, height: 20, angle: Math.PI / 2 };
    const drawing = drawObjects([{ box, score: 0.9, classId: 0, rotated }], size);
    assert.match(drawing, /d="M190 220l20 0 0-40-20 0z"/);
  });

  it('are skeletons, of which hidden keypoints are left out', () => {
    const keypoints = Array.from({ length: 17 }, (_, i) => ({
      ...{ x: 110 + 10 * i, y: 120 },
      visibility: i === 0 ? 0.1 : 1,
    }));
    const drawing = drawObjects([{ box, score: 0.9, classId: 0, keypoints }], size);
    assert.equal(drawing.match(/h0/g)?.length, 2 * 16);
    // 19 limbs but those of the nose.
    assert.equal(/id="l0" d="([^"]+)"/.exec(drawing)?.[1]?.match(/M/g)?.length, 17);
  });

  it('take a few kB however many masks there are and however fine they are', () => {
    const many = Array.from({ length: 400 }, (_, i): Detection => {
      const [x, y] = [60 + ((i * 97) % 520), 60 + ((i * 61) % 360)];
      const mask = { polygons: [blob(x, y, 400)], rle };
      return { box: [x - 50, y - 50, x + 50, y + 50], score: 0.5, classId: i % 80, mask };
    });
    const bytes = drawObjects(many, size).length;
    assert.ok(bytes < 25_000, `${bytes} bytes`);
    assert.ok(drawObjects(many.slice(0, 20), size).length < 7_000);
  });
});
