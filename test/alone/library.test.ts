import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openModel, openRun, run } from '../../src/index.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';

it('importing the library turns the telemetry of ONNX Runtime off and does nothing else', () => {
  const library = pathToFileURL(join(repositoryRoot, 'dist/src/index.js')).href;
  const program = `
    const env = { ...process.env };
    const heard = process.eventNames().length;
    const names = Object.keys(await import('${library}'));
    const changed = Object.entries(process.env).filter(([name, value]) => env[name] !== value);
    const { sharedObjects } = process.report.getReport();
    const native = sharedObjects.filter((path) => path.includes('node_modules'));
    console.log(JSON.stringify({ names, changed, native, more: process.eventNames().length - heard }));`;
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: undefined };
  // It ends by itself: nothing runs.
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env });
  const { names, ...effects } = JSON.parse(told.toString());
  assert.deepEqual(effects, { changed: [['ORT_DISABLE_TELEMETRY', '1']], native: [], more: 0 });
  assert.deepEqual(names.sort(), [
    ...[
      'EigenfleetError',
      'check',
      'compareRuns',
      'heatmapOverPicture',
      'openModel',
      'openRun',
      'planRun',
      'rankLayers',
      'run',
    ],
  ]);
});

it('a run in S3 is made, and read row by row with its maps', async () => {
  useTestCredentials();
  const server = await startS3Server();
  after(() => server.close());
  const bucket = await makeBucket(server.endpoint);
  const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
  const names = (await readdir(photos)).sort().slice(0, 2);
  for (const name of names) {
    await bucket.store().put(`photos/${name}`, await readFile(join(photos, name)));
  }
  const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
  const place = { s3Endpoint: server.endpoint };
  const fast = { ...place, imgsz: 64, device: 'cpu', threads: 1 };
  const [images, out] = [`s3://${bucket.name}/photos`, `s3://${bucket.name}/results`];
  const done = await run({ ...fast, model, images, out });
  assert.equal(done.status, 'done');
  const results = await openRun(out, place);
  const rows = await collect(results.rows());
  assert.deepEqual(
    rows.map(({ key, status }) => [key, status]),
    names.map((name) => [name, 'success']),
  );
  const [first] = rows;
  assert.ok(first !== undefined);
  assert.equal((await results.maps(first))?.length, results.spec.targetLayers.length);
  const opened = await openModel(model, fast);
  const explained = await opened.explain(`${images}/${names[0]}`);
  await opened.close();
  assert.ok(explained.status === 'success');
  assert.deepEqual(explained.measures, first.measures);
});
