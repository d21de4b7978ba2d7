import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { modelFixture } from '../support/onnx-fixture.ts';
import { withNaNBoxesInTheDark, withSizesInTheDark, withWeights } from '../support/spoilt-model.ts';
import { tempDir } from '../support/temp-dir.ts';

const photo = await readFile(
  join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg'),
);
const images = tempDir();
const dark = join(images, 'dark.jpg');
await writeFile(dark, await sharp(photo).linear(0.7).jpeg().toBuffer());
await writeFile(join(images, 'bright.jpg'), await sharp(photo).linear(1.3, 40).jpeg().toBuffer());

async function modelFile(bytes: Uint8Array): Promise<string> {
  const path = join(tempDir(), 'spoilt.onnx');
  await writeFile(path, bytes);
  return path;
}

const on = ['--device', 'cpu', '--overlays', 'all'];

test('boxes that are not numbers cost the image that has them, and its row says so', async () => {
  const model = await modelFile(withNaNBoxesInTheDark(modelFixture('tiny-det.onnx')));
  const out = tempDir();
  const run = await runCli(['run', '-m', model, '-i', images, '-o', out, '--json', ...on]);
  assert.equal(run.code, 0, run.stderr);
  const { runId, counts } = JSON.parse(run.stdout);
  assert.deepEqual(counts.statuses, { failed_to_infer: 1, success: 1 });
  const rows = await decodeRows(await readFile(join(out, runId, 'shards/0000000.parquet')));
  const [bright, spoilt] = rows;
  assert.equal(bright?.status, 'success');
  assert.ok((bright?.detections.length ?? 0) > 0);
  assert.equal(spoilt?.reason, "the model's boxes are not finite numbers");
  assert.deepEqual(spoilt?.detections, []);
  assert.match(await readFile(join(out, runId, 'report.html'), 'utf8'), /boxes are not finite/);

  const figures = ['-o', tempDir(), '--device', 'cpu'];
  const explained = await runCli(['explain', dark, '-m', model, '--json', ...figures]);
  assert.equal(explained.code, 4);
  const document = JSON.parse(explained.stdout);
  assert.equal(document.status, 'failed_to_infer');
  assert.equal(document.reason, "the model's boxes are not finite numbers");
});

test('boxes of hugely negative size are left out, and the run goes on', async () => {
  const model = await modelFile(withSizesInTheDark(modelFixture('tiny-det.onnx'), -1e30));
  const out = tempDir();
  const run = await runCli(['run', '-m', model, '-i', images, '-o', out, '--json', ...on]);
  assert.equal(run.code, 0, run.stderr);
  const { runId, counts } = JSON.parse(run.stdout);
  assert.deepEqual(counts.statuses, { success: 2 });
  const rows = await decodeRows(await readFile(join(out, runId, 'shards/0000000.parquet')));
  assert.ok((rows[0]?.detections.length ?? 0) > 0);
  assert.deepEqual(rows[1]?.detections, []);
});

const spoilt: readonly (readonly [string, string, RegExp, number, string])[] = [
  ['a NaN weight', 'tiny-det', /model\.0\..*weight/, Number.NaN, 'activations are not finite'],
  [
    'an infinite weight',
    'tiny-det',
    /model\.0\..*weight/,
    Number.POSITIVE_INFINITY,
    'activations are not finite',
  ],
  [
    'NaN boxes behind NMS',
    'tiny-det-nms',
    /model\.22\.cv2\..*2\.weight/,
    Number.NaN,
    "the model's boxes are not finite",
  ],
  [
    'NaN probabilities',
    'tiny-cls',
    /linear\.weight/,
    Number.NaN,
    'class probabilities are not finite',
  ],
];

for (const [what, fixture, names, value, reason] of spoilt) {
  test(`${what}: the run ends, and says what the model computed`, async () => {
    const model = await modelFile(withWeights(modelFixture(`${fixture}.onnx`), names, value));
    const out = tempDir();
    const run = await runCli(['run', '-m', model, '-i', images, '-o', out, ...on]);
    assert.equal(run.code, 4, run.stderr);
    assert.match(run.stdout, /No image could be explained/);
    assert.ok(run.stdout.includes(reason), run.stdout);
    assert.doesNotMatch(run.stdout, /found no object/);
  });
}
