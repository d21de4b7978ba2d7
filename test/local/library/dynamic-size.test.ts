import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { openModel, openRun } from '../../../src/index.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { collect } from '../../support/collect.ts';
import { runHere } from '../../support/run-here.ts';
import { tempDir } from '../../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const names = ['BloodImage_00007.jpg', 'BloodImage_00011.jpg'];
const root = tempDir();
const images = join(root, 'images');
await mkdir(images);
for (const name of names) await cp(join(photos, name), join(images, name));
const [first = ''] = names;
/** Name -> size: upright, square, a strip, and one much larger than the input. */
const made: Readonly<Record<string, readonly [number, number]>> = {
  ...{ 'a-upright.png': [300, 400], 'b-square.png': [200, 200], 'c-strip.png': [640, 60] },
  'd-large.jpg': [3000, 2000],
};
for (const [name, [width, height]] of Object.entries(made)) {
  const resized = sharp(join(photos, first)).resize(width, height, { fit: 'fill' });
  await resized.toFile(join(images, name));
}
const settings = { conf: 0.05, components: [1, 2], device: 'cpu', threads: 1 } as const;

/** Height and width of the input of each image at 320 px, padded to multiples of 32. */
const inputs: Readonly<Record<string, readonly [number, number]>> = {
  ...{ 'a-upright.png': [320, 256], 'b-square.png': [320, 320], 'c-strip.png': [32, 320] },
  ...{ 'd-large.jpg': [224, 320], [names[0]!]: [256, 320], [names[1]!]: [256, 320] },
};

describe('a model of dynamic size', () => {
  it('takes each image padded to its stride only, as Ultralytics predicts', async () => {
    const path = join(repositoryRoot, 'test/golden/detections/tiny-det-dynamic.json');
    const golden = JSON.parse(readFileSync(path, 'utf8'))[first].boxes;
    const opened = await openModel(model, { ...settings, conf: 0.25 });
    const explained = await opened.explain(join(images, first));
    await opened.close();
    assert.ok(explained.status === 'success');
    assert.equal(explained.detections.length, golden.length);
    explained.detections.forEach(({ box, score }, index) => {
      box.forEach((edge, i) => {
        assert.ok(Math.abs(edge - golden[index][i]) < 0.05, `box ${index}: ${box}`);
      });
      assert.ok(Math.abs(score - golden[index][4]) < 1e-3);
    });
  });

  it('explains images of all shapes in batches of one size, and stores maps on their own grids', async () => {
    const out = join(root, 'out');
    const options = { ...settings, model, images, out, overlays: 'none', batch: 2 };
    const done = await runHere(options);
    assert.equal(done.status, 'done');
    const finished = await openRun(out);
    assert.equal(finished.spec.model.rectStride, 32);
    const alone = await openModel(model, settings);
    const rows = await collect(finished.rows());
    assert.equal(rows.length, 6);
    for (const row of rows) {
      assert.equal(row.status, 'success', row.reason);
      const { inputHeight, inputWidth } = row.geometry ?? assert.fail(row.key);
      assert.deepEqual([inputHeight, inputWidth], inputs[row.key], row.key);
      const maps = (await finished.maps(row)) ?? assert.fail(`no maps of ${row.key}`);
      const single = await alone.explain(join(images, row.key));
      assert.ok(single.status === 'success');
      assert.equal(single.detections.length, row.detections.length);
      const boxMaps = (await finished.boxMaps(row)) ?? [];
      assert.equal(boxMaps.length, Math.min(8, row.detections.length));
      for (const [index, { map, layer, gridHeight, gridWidth, cell }] of boxMaps.entries()) {
        const own: (typeof boxMaps)[number] | undefined = single.boxMaps?.[index];
        assert.deepEqual(
          [layer, gridHeight, gridWidth, cell],
          [own?.layer, own?.gridHeight, own?.gridWidth, own?.cell],
        );
        const step = 1 / (row.boxMaps?.[index]?.steps ?? 0);
        assert.ok(map.every((value, at) => Math.abs(value - own!.map[at]!) <= 0.51 * step + 1e-5));
      }
      maps.forEach(({ components }, layer) => {
        const stride = [8, 16, 32][layer]!;
        const grid = [inputHeight / stride, inputWidth / stride];
        components.forEach(({ values, gridHeight, gridWidth }, index) => {
          assert.deepEqual([gridHeight, gridWidth], grid);
          const own = single.layers[layer]?.components[index];
          own?.values.forEach((value, cell) => {
            // Stored as float16, and computed in a batch.
            assert.ok(Math.abs(value - values[cell]!) < 2e-3, `${row.key}: ${value}`);
          });
        });
      });
    }
    await alone.close();
  });

  it('takes all images padded to the whole input when that is said, which is another run', async () => {
    const out = join(root, 'out');
    const options = { ...settings, model, images, out, overlays: 'none', limit: 2, rect: false };
    const done = await runHere(options);
    assert.equal(done.status, 'done');
    const finished = await openRun(out);
    assert.equal(finished.spec.model.rectStride, undefined);
    for (const { geometry } of await collect(finished.rows())) {
      assert.deepEqual([geometry?.inputHeight, geometry?.inputWidth], [320, 320]);
    }
  });
});
