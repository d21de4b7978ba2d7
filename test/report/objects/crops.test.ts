import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { Photos } from '../../../src/report/gallery/photos.ts';
import { cropHeat } from '../../../src/report/objects/crop-heat.ts';
import { cropRegion } from '../../../src/report/objects/crop-region.ts';
import { drawObject } from '../../../src/report/objects/object-drawing.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

const size = { width: 640, height: 480 };

describe('the crop of an object', () => {
  it('shows as much around it as it is itself', () => {
    assert.deepEqual(cropRegion([300, 200, 340, 220], size), {
      ...{ left: 280, top: 170, width: 80, height: 80 },
    });
  });

  it('stays in the image, and shows at least 32 pixels', () => {
    assert.deepEqual(cropRegion([0, 0, 100, 50], size), {
      left: 0,
      top: 0,
      width: 200,
      height: 200,
    });
    assert.deepEqual(cropRegion([636, 476, 640, 480], size), {
      ...{ left: 608, top: 448, width: 32, height: 32 },
    });
    assert.deepEqual(cropRegion([0, 0, 640, 480], size), { left: 0, top: 0, ...size });
  });

  it('has the cells of the map that lie over it, with one more on each side', async () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => (i % 20) / 20);
    const map = { name: 'evidence', width: 20, height: 20, values, isDegenerate: false };
    const region = { left: 320, top: 240, width: 64, height: 48 };
    const heat = cropHeat({ ...map, place: [0, 0, 1, 1] }, region, size);
    // Cells of 32 x 24 pixels: from 10 to 12, and one on each side, so 9 to 13.
    assert.deepEqual(
      heat.place.map((share) => Number(share.toFixed(6))),
      [-0.5, -0.5, 2, 2],
    );
    const { data, info } = await sharp(heat.png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [4, 4]);
    assert.equal(data[0], Math.round((9 / 20) * 255));
  });

  it('draws its box in solid lines, labels in dashes, and nothing that is elsewhere', () => {
    const row = {
      detections: [
        { box: [300, 200, 340, 220], score: 0.9, classId: 0 },
        { box: [0, 0, 20, 20], score: 0.9, classId: 1 },
      ],
      labels: {
        status: 'labeled',
        remarks: [],
        objects: [
          { classId: 2, box: [310, 205, 350, 225] },
          { classId: 0, box: [500, 400, 540, 420] },
        ],
      },
    } as const;
    const place = { shard: 0, row: 0, key: 'a.jpg', group: 'a.jpg', size: 'small' } as const;
    const region = cropRegion([300, 200, 340, 220], size);
    const object = { ...place, outcome: 'fp', classId: 0, detection: 0 } as const;
    const box = row.detections[0].box;
    const svg = drawObject({ ...object, box }, row, region);
    assert.match(svg, /viewBox="280 170 80 80"/);
    assert.match(svg, /stroke-dasharray="5 4">.*M310 205h40/);
    assert.match(svg, /M300 200h40/);
    assert.doesNotMatch(svg, /M0 0h20|M500 400/);
    const miss = { ...place, outcome: 'fn', classId: 2, label: 0, box } as const;
    assert.match(drawObject(miss, row, region), /stroke="#96ff78" stroke-width="2.6" d="M310 205/);
  });

  it('draws keypoints of neighbors and labels too: dots, limbs of labels in dashes', () => {
    /** COCO's 17 in a row from a place on, of which a limb joins the hips. */
    const person = (left: number, top: number) => ({
      ...{ classId: 0, score: 0.9, box: [left, top, left + 17, top + 9] as const },
      keypoints: Array.from({ length: 17 }, (_, i) => ({ x: left + i, y: top, visibility: 1 })),
    });
    const row = {
      detections: [person(300, 200), person(310, 210)],
      labels: { status: 'labeled', remarks: [], objects: [person(320, 215), person(330, 218)] },
    } as const;
    const box = [330, 218, 347, 227] as const;
    const place = { shard: 0, row: 0, key: 'a.jpg', group: 'a.jpg', size: 'small' } as const;
    const miss = { ...place, outcome: 'fn', classId: 0, label: 1, box } as const;
    const svg = drawObject(miss, row, { left: 280, top: 170, width: 100, height: 80 });
    for (const dot of ['M300 200h0', 'M310 210h0', 'M320 215h0', 'M330 218h0']) {
      assert.ok(svg.includes(dot), dot);
    }
    // Hips are keypoints 11 and 12.
    assert.match(svg, /stroke-dasharray="5 4"><path [^>]*d="[^"]*M331 218l1 0/);
    assert.match(svg, /stroke="#fff" stroke-width="2.4" d="M320 215h0/);
    assert.doesNotMatch(svg.slice(svg.indexOf('M330 218h0')), /stroke="#fff" stroke-width="2.4"/);
  });
});

describe('the photos of a report', () => {
  it('are fetched once, however much is cut out of them, and cut in pixels of the original', async () => {
    const store = new MemoryStore('images');
    const data = new Uint8Array(1280 * 960 * 3);
    // The right half is white.
    for (let i = 0; i < data.length; i++) data[i] = (i / 3) % 1280 >= 640 ? 255 : 0;
    const raw = { width: 1280, height: 960, channels: 3 } as const;
    await store.put('a.png', await sharp(data, { raw }).png().toBuffer());
    let fetched = 0;
    const get = store.get.bind(store);
    store.get = (key) => {
      fetched++;
      return get(key);
    };
    const region = { left: 600, top: 100, width: 80, height: 80 };
    const regions = new Map([['a.png', [region, { ...region, left: 800 }]]]);
    const photos = new Photos({ imageStore: store, maxPixels: 1e8, regions });
    const [one, again] = await Promise.all([photos.read('a.png'), photos.read('a.png')]);
    assert.equal(one, again);
    assert.equal(fetched, 1);
    assert.ok(typeof one !== 'string');
    assert.deepEqual([one.thumbnail.width, one.thumbnail.height], [320, 240]);
    const [half, white] = one.crops;
    assert.ok(half && white && half.width === 80 && half.height === 80);
    assert.deepEqual([half.data[0], half.data[79 * 3], white.data[0]], [0, 255, 255]);
  });
});
