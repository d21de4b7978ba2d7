import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeRows, type StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const photo = join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg');

async function flat(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#a08060' } })
    .png()
    .toBuffer();
}

test('bad images become rows with a reason, the run goes on and says how many', async () => {
  const folder = join(tempDir(), 'images');
  const out = tempDir();
  await mkdir(folder);
  const good = await readFile(photo);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  const files: Record<string, Uint8Array | string> = {
    'a-good.jpg': good,
    'b-empty.jpg': '',
    'c-truncated.jpg': good.subarray(0, good.length / 2),
    'd-text.jpg': 'this is a text file\n',
    'e-large.png': await flat(1200, 1000),
    'f-vector.svg': svg,
    'g-vector-renamed.jpg': svg,
    'h-one-pixel.png': await flat(1, 1),
    'i-thin.png': await flat(30_000, 2),
    'j-good.jpg': good,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const args = ['run', '-m', model, '-i', folder, '-o', out, '--max-pixels', '1000000', '--json'];
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  const { counts, runId } = JSON.parse(stdout);
  assert.equal(counts.failed, 6);
  const rows = await decodeRows(await readFile(join(out, runId, 'shards/0000000.parquet')));
  const byName = new Map(rows.map((row): [string, StoredRow] => [row.key, row]));
  assert.equal(rows.length, 10);
  const reasons: Record<string, RegExp> = {
    'b-empty.jpg': /empty/,
    'c-truncated.jpg': /truncated/,
    'd-text.jpg': /not an image|no image/,
    'e-large.png': /1200 x 1000.*1000000|limit/,
    'f-vector.svg': /SVG/,
    'g-vector-renamed.jpg': /SVG/,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    assert.equal(byName.get(name)?.status, 'failed_to_decode', name);
    assert.match(byName.get(name)?.reason ?? '', reason, name);
  }
  for (const name of ['a-good.jpg', 'h-one-pixel.png', 'i-thin.png', 'j-good.jpg']) {
    assert.equal(byName.get(name)?.status, 'success', `${name}: ${byName.get(name)?.reason}`);
  }
});

test('a run in which no image could be explained still has its report, and fails', async () => {
  const folder = tempDir();
  const out = tempDir();
  await writeFile(join(folder, 'a.jpg'), '');
  await writeFile(join(folder, 'b.jpg'), 'text');
  const { code, stdout, stderr } = await runCli(['run', '-m', model, '-i', folder, '-o', out]);
  assert.equal(code, 4, stderr);
  assert.match(stdout, /No image could be explained/);
  assert.match(stdout, /report: /);
});

test('an image that has no such component is explained and its row says so', async () => {
  const folder = tempDir();
  const out = tempDir();
  await writeFile(join(folder, 'thin.png'), await flat(30_000, 2));
  await writeFile(join(folder, 'photo.jpg'), await readFile(photo));
  const layers = ['--layers', '21', '--components', '60'];
  const run = await runCli(['run', '-m', model, '-i', folder, '-o', out, '--json', ...layers]);
  assert.equal(run.code, 0, run.stderr);
  const { runId } = JSON.parse(run.stdout);
  const rows = await decodeRows(await readFile(join(out, runId, 'shards/0000000.parquet')));
  const thin = rows.find(({ key }) => key === 'thin.png');
  assert.equal(thin?.status, 'success');
  assert.match(thin?.reason ?? '', /^degenerate map of model\.21: /);
});
