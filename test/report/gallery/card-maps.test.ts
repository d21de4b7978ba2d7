import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { peakWords, pictureMaps } from '../../../src/report/gallery/card-maps.ts';
import { decodeThumbnail } from '../../../src/report/gallery/thumbnail.ts';
import { grayPng } from '../../../src/report/html/gray-png.ts';
import { madeLayers, madeMap } from '../../support/made-run.ts';

const wide = {
  ...{ width: 640, height: 480, newWidth: 320, newHeight: 240, left: 0, top: 40 },
  ...{ inputWidth: 320, inputHeight: 320 },
};
const options = { fusion: 'mean', padding: 'exclude' } as const;

function storedMaps() {
  return madeLayers.map((layer) => ({
    layer,
    map: madeMap(layer.gridWidth, 3, false),
    explainedVariance: 0.5,
  }));
}

describe('the maps of a card', () => {
  it('are the fused one on the finest grid, then each layer on its own, cut to the content', () => {
    const maps = pictureMaps(storedMaps(), wide, options);
    const sizes = maps.map(({ name, width, height }) => `${name} ${width}x${height}`);
    // 240 of 320 pixels are content: rows 2.5 to 17.5 of 20, 1.25 to 8.75 of 10.
    assert.deepEqual(sizes, ['fused 20x16', 'model_15 20x16', 'model_21 10x8']);
    for (const { values } of maps) {
      assert.ok(Math.min(...values) >= 0 && Math.abs(Math.max(...values) - 1) < 1e-3);
    }
  });

  it('reach beyond the photo where cells are cut by its edge', () => {
    const [fused] = pictureMaps(storedMaps(), wide, options);
    const [left, top, width, height] = fused!.place;
    assert.deepEqual([left, width], [0, 1]);
    assert.ok(Math.abs(top + 8 / 240) < 1e-12, 'half a cell of 16 pixels above the content');
    assert.ok(Math.abs(height - 256 / 240) < 1e-12);
  });

  it('of a crop lie over the part that the model saw', () => {
    const crop = { ...wide, newWidth: 426, newHeight: 320, left: -53, top: 0 };
    const [fused] = pictureMaps(storedMaps(), crop, options);
    const [left, top, width, height] = fused!.place;
    assert.ok(Math.abs(left - 53 / 426) < 1e-12 && Math.abs(width - 320 / 426) < 1e-12);
    assert.deepEqual([top, height], [0, 1]);
  });

  it('are none when the run stored none', () => {
    assert.deepEqual(pictureMaps([], wide, options), []);
  });

  it('name the place of their peak', () => {
    const at = (x: number, y: number) => {
      const values = new Float32Array(12 * 9);
      values[y * 12 + x] = 1;
      return peakWords({ width: 12, height: 9, values });
    };
    assert.deepEqual(
      [at(0, 0), at(6, 4), at(11, 8), at(6, 0), at(0, 4)],
      ['upper left', 'center', 'lower right', 'upper', 'left'],
    );
  });
});

describe('a map as a picture', () => {
  it('is read back cell by cell, one gray level a 255th', async () => {
    const map = Float32Array.from({ length: 7 * 5 }, (_, i) => i / 34);
    const png = grayPng(map, 7, 5);
    const { data, info } = await sharp(png)
      .toColorspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [7, 5, 1]);
    assert.deepEqual(
      [...data],
      [...map].map((value) => Math.round(value * 255)),
    );
  });
});

describe('a thumbnail', () => {
  const photo = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#a33' } })
      .png()
      .toBuffer();
  const sizes: [number, number, number, number][] = [
    [640, 480, 320, 240],
    [30_000, 2, 320, 1],
    [1, 1, 1, 1],
    [100, 50, 100, 50],
  ];
  for (const [width, height, toWidth, toHeight] of sizes) {
    it(`of ${width} x ${height} is ${toWidth} x ${toHeight}`, async () => {
      const bytes = await photo(width, height);
      const image = await decodeThumbnail(bytes, { side: 320, maxPixels: 1e8 });
      assert.ok(typeof image !== 'string');
      assert.deepEqual([image.width, image.height], [toWidth, toHeight]);
    });
  }

  it('of a broken file is a reason', async () => {
    const image = await decodeThumbnail(new Uint8Array(0), { side: 320, maxPixels: 1e8 });
    assert.equal(typeof image, 'string');
  });
});
