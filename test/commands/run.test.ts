import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { summarySchema } from '../../src/report/summary/summary-schema.ts';
import { decodeNpy } from '../../src/shared/results/npy.ts';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const trainedModel = join(repositoryRoot, 'examples/blood-cells/bccd-yolov8n.onnx');
const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');
/** Without what these tests do not ask for and is slow in a process that has hardly begun; the first test has all of it. */
const plain = ['--no-labels', '--overlays', 'none'];

async function runOf(out: string): Promise<{ runId: string; folder: string }> {
  const latest: { runId: string } = JSON.parse(
    await readFile(join(out, 'names/latest.json'), 'utf8'),
  );
  return { runId: latest.runId, folder: join(out, latest.runId) };
}

test('a folder and a model become an explained dataset, and the same command again changes nothing', async () => {
  const out = tempDir();
  const places = ['--model', trainedModel, '--images', images, '--out', out];
  const args = ['run', ...places, '--shard-size', '10'];
  const first = await runCli(args);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /report: .*report\.html/);
  const { folder } = await runOf(out);
  const rows = (
    await Promise.all(
      [0, 1, 2].map(async (shard) =>
        decodeRows(await readFile(join(folder, `shards/000000${shard}.parquet`))),
      ),
    )
  ).flat();
  assert.equal(rows.length, 24);
  assert.ok(rows.every((row) => row.status === 'success' && row.detections.length > 0));
  const maps = decodeNpy(await readFile(join(folder, 'maps/model.15/0000000.40x40.npy')));
  assert.deepEqual(maps.shape, [10, 1, 40, 40]);
  assert.equal((await readdir(join(folder, 'overlays/0000000'))).length, 10);
  for (const file of [
    'run.json',
    'summary.json',
    'summary.md',
    'report.html',
    'images/part-00000.parquet',
    'failures.jsonl',
  ]) {
    assert.ok((await stat(join(folder, file))).isFile(), file);
  }
  // Their layers do not agree, where 0.2 is usual here.
  const { outliers, headlines } = summarySchema.parse(
    JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')),
  );
  assert.deepEqual(outliers?.images.map(({ key }) => key).sort(), [
    'BloodImage_00068.jpg',
    'BloodImage_00074.jpg',
    'BloodImage_00093.jpg',
  ]);
  for (const { unusual } of outliers?.images ?? []) {
    assert.equal(unusual[0]?.measure, 'layer_agreement');
    assert.ok((unusual[0]?.value ?? 1) < 0.05 && (unusual[0]?.usual ?? 0) > 0.15);
  }
  assert.ok(headlines.every(({ tone }) => tone !== 'fine'));
  const before = await contentsOf(folder);
  const second = await runCli(args);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /^Nothing is left to explain: 3 of 3 shards were done before\.$/m);
  const after = await contentsOf(folder);
  for (const [file, bytes] of before) {
    assert.ok(after.get(file)?.equals(bytes), `${file} changed`);
  }
});

test('a shard whose files were lost or torn is done again, and nothing else', async () => {
  const out = tempDir();
  const places = ['--model', model, '--images', images, '--out', out];
  const args = ['run', ...places, '--limit', '3', '--shard-size', '1', ...plain];
  assert.equal((await runCli(args)).code, 0);
  const { folder } = await runOf(out);
  const before = await contentsOf(folder);
  await rm(join(folder, 'done/0000001.json'));
  await cp(join(folder, 'shards/0000000.parquet'), join(folder, 'shards/0000002.parquet'));
  const left = await runCli([...args, '--dry-run']);
  assert.match(left.stdout, /^results .*, 1 of 3 shards done already$/m);
  const again = await runCli(args);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /1 of 3 shards were done before/);
  const after = await contentsOf(folder);
  for (const [file, bytes] of before) {
    if (/^(shards|maps|manifest|images)/.test(file))
      assert.ok(after.get(file)?.equals(bytes), file);
  }
});

test('results do not depend on the batch or on the number of threads', async () => {
  const dynamic = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
  const results: Buffer[] = [];
  // So many images that two pixel threads are taken.
  for (const more of [
    ['--batch', '1', '--threads', '1'],
    ['--batch', '4', '--threads', '2'],
  ]) {
    const out = tempDir();
    const args = [
      'run',
      '-m',
      dynamic,
      '-i',
      images,
      '-o',
      out,
      '--conf',
      '0.05',
      '--imgsz',
      '256,320',
      ...plain,
    ];
    const { code, stderr } = await runCli([...args, '--limit', '13', ...more]);
    assert.equal(code, 0, stderr);
    const { folder } = await runOf(out);
    results.push(await readFile(join(folder, 'shards/0000000.parquet')));
    results.push(await readFile(join(folder, 'maps/model.15/0000000.32x40.npy')));
  }
  assert.ok(results[0]?.equals(results[2] ?? Buffer.alloc(0)), 'rows differ');
  assert.ok(results[1]?.equals(results[3] ?? Buffer.alloc(0)), 'maps differ');
});

test('models of other opsets, batches and tasks run', async () => {
  const crops = join(repositoryRoot, 'examples/blood-cells-classify');
  for (const [name, source, count] of [
    ['tiny-det-opset12-raw', images, 2],
    // A full batch and one that is not.
    ['tiny-det-batch4', images, 5],
    ['tiny-det-fp16', images, 2],
    ['tiny-det-nms', images, 2],
    ['tiny-cls', crops, 2],
  ] as const) {
    const file = join(repositoryRoot, `test/fixtures/models/${name}.onnx`);
    const places = ['-m', file, '-i', source, '-o', tempDir()];
    const args = ['run', ...places, '--limit', `${count}`, '--threads', '1', '--json'];
    const { code, stdout, stderr } = await runCli([...args, ...plain]);
    assert.equal(code, 0, `${name}: ${stderr}`);
    assert.equal(JSON.parse(stdout).counts.explained, count, name);
  }
});

test('other options make another run, and --run refuses what contradicts its run', async () => {
  const out = tempDir();
  const args = ['run', '-m', model, '-i', images, '-o', out, '--limit', '1', ...plain];
  assert.equal((await runCli([...args, '--name', 'first'])).code, 0);
  const { runId } = await runOf(out);
  assert.equal((await runCli([...args, '--conf', '0.5'])).code, 0);
  assert.notEqual((await runOf(out)).runId, runId);
  const continued = await runCli(['run', '-o', out, '--run', 'first']);
  assert.equal(continued.code, 0, continued.stderr);
  const refused = await runCli([...args, '--run', 'first', '--conf', '0.9']);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^error: Run .* --conf is 0\.9, the run has 0\.25/m);
  for (const [options, clause] of [
    [['--task', 'none'], '--task is none, the run has detect'],
    [['--names', 'a,b,c'], '--names is a,b,c, the run has RBC,WBC,Platelets'],
    [['--prepare', 'stretch'], '--prepare is stretch, the run has letterbox'],
  ] as const) {
    const { code, stderr } = await runCli(['run', '-o', out, '--run', 'first', ...options]);
    assert.equal(code, 2);
    assert.ok(stderr.includes(`cannot be continued like this: ${clause}. Drop`), stderr);
  }
});

test('--run reads the model as its run does, without being told again', async () => {
  const out = tempDir();
  const args = ['run', '-m', model, '-i', images, '-o', out, '--limit', '1', '--name', 'other'];
  const read = ['--names', 'a,b,c', '--prepare', 'stretch', ...plain];
  const first = await runCli([...args, ...read]);
  assert.equal(first.code, 0, first.stderr);
  const { folder } = await runOf(out);
  const rows = await readFile(join(folder, 'shards/0000000.parquet'));
  await rm(join(folder, 'done'), { recursive: true });
  const continued = await runCli(['run', '-o', out, '--run', 'other']);
  assert.equal(continued.code, 0, continued.stderr);
  assert.ok(rows.equals(await readFile(join(folder, 'shards/0000000.parquet'))), 'rows differ');
});

test('a dry run prints the plan and writes nothing', async () => {
  const out = join(tempDir(), 'none');
  const { code, stdout } = await runCli(['run', '-m', model, '-i', images, '-o', out, '--dry-run']);
  assert.equal(code, 0);
  assert.match(stdout, /24 from .*2 shards/);
  assert.match(stdout, /^results .*none, 0 of 2 shards done already$/m);
  await assert.rejects(stat(out));
});

/** All files below a run's folder, without what holds times of day. */
async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const entries = files.map(async (entry): Promise<[string, Buffer]> => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), await readFile(path)];
  });
  return new Map(await Promise.all(entries));
}
