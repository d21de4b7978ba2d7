import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  check,
  EigenfleetError,
  heatmapOverPicture,
  openModel,
  openRun,
  planRun,
  type RunOptions,
  type RunProgress,
  run,
} from '../../../src/index.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

const modelPath = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const root = tempDir();
const images = join(root, 'images');
for (const name of (await readdir(photos)).sort().slice(0, 5)) {
  await cp(join(photos, name), join(images, name));
}
await writeFile(join(images, 'broken.jpg'), 'this is not an image');
const options: RunOptions = {
  ...{ model: modelPath, images, out: join(root, 'out'), device: 'cpu', threads: 1 },
  ...{ imgsz: 64, conf: 0.05, components: [1, 3], shardSize: 2, overlays: 'none' },
};
const explaining = { imgsz: 64, conf: 0.05, components: [1, 3], device: 'cpu', threads: 1 };
const [firstPhoto = ''] = (await readdir(images)).filter((name) => name !== 'broken.jpg').sort();
const photo = join(images, firstPhoto);

const isError = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof EigenfleetError && error.code === code && message.test(error.message);

describe('a model that was opened', async () => {
  const notes: string[] = [];
  const model = await openModel(modelPath, { ...explaining, note: (line) => notes.push(line) });
  after(() => model.close());

  it('says what it is and where it runs', () => {
    assert.equal(model.task, 'detect');
    assert.equal(model.device, 'cpu');
    assert.deepEqual([model.inputHeight, model.inputWidth], [64, 64]);
    assert.deepEqual(model.options.components, [1, 3]);
    assert.match(notes.join('\n'), /cpu/);
  });

  it('explains a path and bytes alike, to named detections and maps with their grids', async () => {
    const [one, other] = await Promise.all([
      model.explain(photo),
      readFile(photo).then((bytes) => model.explain(bytes)),
    ]);
    assert.deepEqual(one, other);
    assert.ok(one.status === 'success');
    for (const { classId, className } of one.detections) {
      assert.equal(className, model.classNames[classId]);
    }
    assert.deepEqual(
      one.layers.map(({ layer }) => layer),
      model.targetLayers.map(({ name }) => name),
    );
    for (const { components } of one.layers) {
      assert.deepEqual(
        components.map(({ component }) => component),
        [1, 3],
      );
      for (const { values, gridHeight, gridWidth } of components) {
        assert.equal(values.length, gridHeight * gridWidth);
        assert.ok(values.every((value) => Math.abs(value) <= 1));
      }
    }
    const { width, height } = one.geometry;
    const heat = heatmapOverPicture(one.fused, one.geometry);
    assert.equal(heat.length, width * height);
    assert.ok(heat.every((value) => value >= 0 && value <= 1));
    assert.equal(heatmapOverPicture(one.fused, one.geometry, { width: 4, height: 3 }).length, 12);
  });

  it('returns why an image cannot be explained', async () => {
    const absent = await model.explain(join(images, 'absent.jpg'));
    assert.deepEqual(absent, { status: 'failed_to_fetch', reason: 'it does not exist' });
    const broken = await model.explain(new TextEncoder().encode('this is not an image'));
    assert.equal(broken.status, 'failed_to_decode');
  });

  it('finishes what is under way when it is closed, and takes nothing more', async () => {
    const own = await openModel(modelPath, explaining);
    const underWay = own.explain(photo);
    await Promise.all([own.close(), own.close()]);
    assert.equal((await underWay).status, 'success');
    await assert.rejects(own.explain(photo), isError('usage', /closed/));
  });
});

describe('a run of a program', async () => {
  const seen: RunProgress[] = [];
  const planned = await planRun(options);
  const empty = await readdir(root);
  const first = await run({ ...options, onProgress: (now) => seen.push(now) });

  it('is planned without writing anything', () => {
    assert.deepEqual(empty, ['images']);
    assert.equal(planned.runId, first.runId);
  });

  it('tells how far it is, image by image', () => {
    assert.deepEqual(
      seen.map(({ done }) => done),
      [0, 1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(seen.at(-1), { total: 6, done: 6, failed: 1, doneBefore: 0 });
  });

  it('ends with a summary, and has nothing to do when it is asked again', async () => {
    assert.ok(first.status === 'done');
    assert.deepEqual(
      [first.summary.counts.explained, first.summary.counts.failed, first.summary.runId],
      [5, 1, first.runId],
    );
    assert.match(await readFile(first.report, 'utf8'), /<html/);
    const notes: string[] = [];
    assert.equal((await run({ ...options, note: (line) => notes.push(line) })).status, 'done');
    assert.ok(
      notes.some((line) => /Nothing is left/.test(line)),
      notes.join('\n'),
    );
  });

  it('says in run.json how the command line does the same', async () => {
    const { spec } = await openRun(join(root, 'out'));
    assert.match(spec.command, /^eigenfleet run --model \S+ --images .* --components 1,3 /);
  });

  it('is read row by row, with the maps that a single explanation gives', async () => {
    const results = await openRun(join(root, 'out'), { run: first.runId.slice(0, -3) });
    const rows = await collect(results.rows());
    assert.equal(rows.length, 6);
    const model = await openModel(modelPath, explaining);
    const explained = await model.explain(photo);
    await model.close();
    assert.ok(explained.status === 'success');
    const row = rows.find(({ key }) => key === firstPhoto);
    assert.ok(row !== undefined);
    assert.deepEqual(row.detections, explained.detections);
    assert.deepEqual(row.measures, explained.measures);
    assert.deepEqual(row.geometry, explained.geometry);
    const maps = await results.maps(row);
    for (const [index, { layer, components }] of explained.layers.entries()) {
      const stored = maps?.[index];
      assert.equal(stored?.layer, layer);
      for (const [at, { values, ...facts }] of components.entries()) {
        const { values: storedValues = [], ...storedFacts } = stored?.components[at] ?? {};
        assert.deepEqual(storedFacts, facts);
        const worst = Math.max(
          ...values.map((value, cell) => Math.abs(value - (storedValues[cell] ?? Number.NaN))),
        );
        // float16 has 11 bits.
        assert.ok(worst <= 2 ** -11, `${layer}: ${worst}`);
      }
    }
    const failed = rows.find(({ key }) => key === 'broken.jpg');
    assert.equal(failed?.status, 'failed_to_decode');
    assert.ok(failed && (await results.maps(failed)) === undefined);
    assert.equal((await results.summary()).runId, first.runId);
  });

  it('is held against rules as a file has them, and written only when that is asked for', async () => {
    const place = { out: join(root, 'out') };
    const rules = ['failed <= 2', { figure: 'recall', above: '70%', name: 'enough found' }];
    const verdict = await check('latest', { ...place, rules, write: true });
    assert.equal(verdict.outcome, 'undecided');
    assert.deepEqual(
      verdict.rules.map(({ outcome, name }) => [outcome, name]),
      [
        ['pass', undefined],
        ['undecided', 'enough found'],
      ],
    );
    const stored = join(root, 'out', first.runId, 'verdict.json');
    assert.deepEqual(JSON.parse(await readFile(stored, 'utf8')), verdict);
    const failing = await check('latest', { ...place, rules: ['failed < 1'] });
    assert.deepEqual([failing.outcome, verdict.outcome], ['fail', 'undecided']);
    assert.deepEqual(JSON.parse(await readFile(stored, 'utf8')), verdict);
    await assert.rejects(
      check('latest', { ...place, rules: ['recal > 0.5'] }),
      isError('usage', /^rules:1:\d+: there is no figure "recal"\. Did you mean recall/),
    );
  });

  it('stops by its signal, and goes on from there', async () => {
    const out = join(root, 'stopped');
    const stop = new AbortController();
    const onProgress = ({ done }: RunProgress): void => {
      if (done === 3) stop.abort();
    };
    const stopped = await run({ ...options, out, signal: stop.signal, onProgress });
    assert.ok(stopped.status === 'interrupted');
    assert.ok(stopped.shardsDone < stopped.shards);
    await assert.rejects(openRun(out), isError('incomplete', /is not finished.*continues it/));
    assert.equal((await run({ ...options, out })).status, 'done');
    assert.deepEqual(
      await collect((await openRun(out)).rows()),
      await collect((await openRun(join(root, 'out'))).rows()),
    );
    await assert.rejects(
      run({ ...options, signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
  });

  it('is refused in a sentence where it cannot be made or read', async () => {
    const misspelt = { ...options, confidence: 0.5 };
    await assert.rejects(run(misspelt), isError('usage', /no setting "confidence".*conf/));
    await assert.rejects(run({ ...options, conf: 3 }), isError('usage', /options: conf/));
    await assert.rejects(
      run({ ...options, images: join(root, 'none') }),
      isError('dataset', /none/),
    );
    await assert.rejects(openRun(join(root, 'nothing')), isError('usage', /no run/i));
    const damaged = join(root, 'damaged');
    await cp(join(root, 'out'), damaged, { recursive: true });
    const part = join(damaged, first.runId, 'images/part-00000.parquet');
    const bytes = await readFile(part);
    await writeFile(part, bytes.subarray(0, bytes.length - 9));
    const results = await openRun(damaged);
    await assert.rejects(
      collect(results.rows()),
      isError('storage', /part-00000.* cannot be read/),
    );
    await rename(join(damaged, first.runId, 'summary.json'), join(root, 'summary.json'));
    await assert.rejects(results.summary(), isError('storage', /summary.json/));
    await rm(join(damaged, first.runId, 'maps'), { recursive: true });
    for await (const row of (await openRun(join(root, 'out'))).rows()) {
      assert.equal(await results.maps(row), undefined);
    }
  });
});
