import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { evaluationSchema } from '../../src/evaluate/result/evaluation.ts';
import { decodeObjects } from '../../src/evaluate/result/object-table.ts';
import { openRun } from '../../src/index.ts';
import { type EvaluateRequest, evaluateRun } from '../../src/local/evaluation/evaluate-run.ts';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { putFailedShard } from '../../src/shared/results/failed-shards.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const fast = { imgsz: 64, device: 'cpu', threads: 1, overlays: 'none', conf: 0.01, maxDet: 20 };

const root = join(tempDir(), 'root');
/** The images and the run over them, as they are before a test changes either. */
const untouched = join(tempDir(), 'root');
let runId: string | undefined;

/** Four images: two labeled, one background, one whose labels are bad; two shards. Explained once; each test finds them anew, in the same place. */
async function evaluated() {
  if (runId === undefined) {
    makeImages();
    ({ runId } = await explain(root));
    cpSync(root, untouched, { recursive: true, preserveTimestamps: true });
  } else {
    rmSync(root, { recursive: true });
    cpSync(untouched, root, { recursive: true, preserveTimestamps: true });
  }
  const out = join(root, 'out');
  return { root, folder: join(out, runId), runId, store: openStore(out) };
}

function makeImages(): void {
  const names = readdirSync(photos).sort().slice(0, 4);
  for (const folder of ['images', 'labels']) mkdirSync(join(root, folder), { recursive: true });
  names.forEach((name, i) => {
    cpSync(join(photos, name), join(root, 'images', `${i}.jpg`));
  });
  label(root, '0.txt', '0 0.5 0.5 0.9 0.9\n1 0.25 0.25 0.1 0.1\n');
  label(root, '1.txt', '');
  label(root, '2.txt', '1 0.5 0.5 0.5 0.5\n');
  label(root, '3.txt', '9 0.5 0.5 0.5 0.5\n');
  // A whole second, which a copy keeps: it is part of what tells one image from another.
  const time = new Date('2026-01-01T00:00:00Z');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    utimesSync(join(root, file), time, time);
  }
}

async function explain(root: string) {
  const done = await runHere({
    ...{ ...fast, model, images: join(root, 'images'), out: join(root, 'out'), shardSize: 2 },
    group: 'folder',
  });
  assert.ok(done.status === 'done');
  return done;
}

function label(root: string, name: string, text: string): void {
  writeFileSync(join(root, 'labels', name), text);
}

type Run = Awaited<ReturnType<typeof evaluated>>;

function again({ store, runId }: Run, more: Partial<EvaluateRequest> = {}) {
  const silent = { note: () => {}, warn: () => {}, signal: new AbortController().signal };
  return evaluateRun({
    ...{ store, runId, storedLabels: false, choice: {}, storage: {}, ...silent, ...more },
  });
}

function read({ folder }: Run) {
  const bytes = readFileSync(join(folder, 'evaluation.json'));
  const evaluation = evaluationSchema.parse(JSON.parse(bytes.toString()));
  const objects = readFileSync(join(folder, 'objects/part-00000.parquet'));
  return { bytes, evaluation, objects };
}

/** Puts another file in a shard's place, with a marker that says it is right. */
function forge({ folder, runId }: Run, name: string, bytes: string | Uint8Array): void {
  const marker = join(folder, `done/${/\d{7}/.exec(name)?.[0]}.json`);
  writeFileSync(join(folder, name), bytes);
  const listed = JSON.parse(readFileSync(marker, 'utf8'));
  const file = listed.files.find(({ key }: { key: string }) => key === `${runId}/${name}`);
  Object.assign(file, { sizeBytes: bytes.length, sha256: sha256(Buffer.from(bytes)) });
  writeFileSync(marker, JSON.stringify(listed));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a run over labeled images', () => {
  it('is evaluated in its pass, and evaluated again to the same bytes, from stored labels and from their files', async () => {
    const made = await evaluated();
    const { evaluation, bytes, objects } = read(made);
    const { labels, rules, detection, groups } = evaluation;
    assert.deepEqual(
      [labels.labeled, labels.background, labels.unusable, labels.objects],
      [2, 1, 1, 3],
    );
    assert.deepEqual([rules.group, groups.count], ['folder', 1]);
    assert.ok(detection && detection.tp + detection.fn === 3 && detection.unjudged > 0);
    assert.equal(evaluation.objects.parts[0]?.sha256, sha256(objects));
    const rows = await decodeObjects(objects);
    assert.equal(rows.length, evaluation.objects.rows);
    for (const outcome of ['tp', 'fp', 'fn', 'unjudged'] as const) {
      const expected: number = detection[outcome];
      assert.equal(rows.filter((row) => row.outcome === outcome).length, expected);
    }
    await again(made, { storedLabels: true });
    assert.deepEqual(read(made), { evaluation, bytes, objects });
    await again(made);
    assert.deepEqual(read(made), { evaluation, bytes, objects });
  });

  it('gets another evaluation by corrected labels, and keeps its id and the earlier evaluation', async () => {
    const made = await evaluated();
    const before = read(made);
    const runJson = readFileSync(join(made.folder, 'run.json'));
    label(made.root, '3.txt', '1 0.5 0.5 0.5 0.5\n');
    rmSync(join(made.root, 'labels/2.txt'));
    const { evaluation } = await again(made);
    assert.notEqual(evaluation.evaluationId, before.evaluation.evaluationId);
    assert.deepEqual(
      [evaluation.labels.changed, evaluation.labels.labeled, evaluation.labels.background],
      [2, 2, 2],
    );
    assert.deepEqual(read(made).evaluation, evaluation);
    assert.deepEqual(readFileSync(join(made.folder, 'run.json')), runJson);
    const kept = readdirSync(join(made.folder, 'evaluations')).sort();
    const ids = [before.evaluation, evaluation].map(({ evaluationId }) => `${evaluationId}.json`);
    assert.deepEqual(kept, ids.sort());
    await again(made, { storedLabels: true });
    assert.deepEqual(read(made), before);
  });

  it('shows the corrected labels in its report, and none that the run read', async () => {
    const made = await evaluated();
    const drawn = () => {
      const page = readFileSync(join(made.folder, 'report.html'), 'utf8');
      const pictures = page.matchAll(/data:image\/svg\+xml;base64,([\w+/=]+)/g);
      const all = [...pictures].map(([, data = '']) => Buffer.from(data, 'base64').toString());
      // Half of 640 x 480 in the middle, and what becomes of it.
      return { old: all.join().includes('M160 120h320V360h-320z'), page, all };
    };
    assert.ok(drawn().old);
    label(made.root, '2.txt', '1 0.25 0.5 0.1 0.2\n1 0.75 0.5 0.1 0.2\n');
    await again(made);
    const { old, page, all } = drawn();
    assert.ok(!old, 'a label that was corrected is drawn');
    assert.ok(all.some((svg) => svg.includes('M128 192h64V288h-64z')));
    assert.match(page, /1 image has other labels than the run read\./);
    assert.doesNotMatch(page, /the labels of \d+ images name 3\b/);
    assert.match(page, /the labels of 3 images name 4\b/);
  });

  it('is told what is wrong with label files, and in which', async () => {
    const made = await evaluated();
    label(made.root, '1.txt', '1 0.5 0.5 0.2 0.2\n9 0.5 0.5 0.5 0.5\n');
    const warnings: string[] = [];
    await again(made, { warn: (text) => warnings.push(text) });
    assert.deepEqual(warnings, [
      'labels are not used: a class id is beyond the classes there are (1.txt:2, and 1 more)',
    ]);
  });

  it('takes labels from elsewhere, another threshold and other groups', async () => {
    const made = await evaluated();
    const other = join(made.root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, '1.txt'), '0 0.5 0.5 0.9 0.9\n');
    const { evaluation } = await again(made, {
      labels: other,
      choice: { group: 'image', iouThreshold: 0.6, confThreshold: 0.02 },
    });
    assert.deepEqual([evaluation.labels.objects, evaluation.labels.background], [1, 3]);
    assert.deepEqual(evaluation.groups, { by: 'image', count: 4 });
    assert.deepEqual([evaluation.rules.iouThreshold, evaluation.confThreshold], [0.6, 0.02]);
  });

  it('counts boxes below its own threshold by its candidates, which average precision takes anyway', async () => {
    const made = await evaluated();
    const before = read(made).evaluation.detection;
    const { evaluation } = await again(made, { choice: { confThreshold: 0.005 } });
    const { detection } = evaluation;
    assert.ok(before && detection);
    assert.ok(detection.fp + detection.unjudged > before.fp + before.unjudged);
    assert.deepEqual([detection.apName, detection.candidates?.confThreshold], ['mAP', 0.001]);
    assert.deepEqual(detection.precisions, before.precisions);
    const objects = await decodeObjects(read(made).objects);
    assert.ok(objects.every(({ detection, score }) => detection === undefined && score !== 0));
    assert.ok(objects.some(({ score = 1 }) => score < 0.01));
  });

  it('has its evaluation and its objects in the library, which believes no table of another evaluation', async () => {
    const made = await evaluated();
    const { evaluation } = read(made);
    const results = await openRun(join(made.root, 'out'));
    assert.deepEqual(await results.evaluation(), evaluation);
    const objects = await collect(results.objects());
    assert.equal(objects.length, evaluation.objects.rows);
    assert.equal(objects[0]?.className, results.spec.model.classNames[objects[0]?.classId ?? -1]);
    const part = join(made.folder, 'objects/part-00000.parquet');
    cpSync(join(made.folder, 'evaluated/0000000.objects.parquet'), part);
    await assert.rejects(collect(results.objects()), {
      code: 'storage',
      message: /is not that of/,
    });
    rmSync(join(made.folder, 'evaluation.json'));
    assert.equal(await results.evaluation(), undefined);
    assert.deepEqual(await collect(results.objects()), []);
  });

  it('does a shard again whose evaluation is gone, to the same evaluation under the same id', async () => {
    const made = await evaluated();
    const before = read(made);
    const file = join(made.folder, 'evaluated/0000000.json');
    const part = readFileSync(file);
    rmSync(file);
    rmSync(join(made.folder, 'objects'), { recursive: true });
    assert.equal((await explain(made.root)).runId, made.runId);
    assert.deepEqual(readFileSync(file), part);
    assert.deepEqual(read(made), before);
  });

  it('is evaluated by the summarizer where its workers did not, or what they wrote is damaged', async () => {
    const made = await evaluated();
    const before = read(made);
    const { folder } = made;
    const marker = join(folder, 'done/0000000.json');
    const parsed = JSON.parse(readFileSync(marker, 'utf8'));
    parsed.files = parsed.files.filter(({ key }: { key: string }) => !key.includes('/evaluated/'));
    writeFileSync(marker, JSON.stringify(parsed));
    rmSync(join(folder, 'evaluated/0000000.json'));
    const damaged = 'evaluated/0000001.json';
    const text = readFileSync(join(folder, damaged), 'utf8').replace(
      /evaluated@\d/,
      'evaluated@77',
    );
    forge(made, damaged, text);
    const outcome = await summarizeRun({ ...made, imageStore: undefined });
    assert.equal(outcome.status, 'summarized');
    assert.deepEqual(read(made), before);
  });

  it('believes nothing of a shard that its images cannot have, whatever its marker says', async () => {
    const made = await evaluated();
    const before = read(made);
    const [part, table] = ['evaluated/0000001.json', 'evaluated/0000001.objects.parquet'];
    const text = readFileSync(join(made.folder, part), 'utf8');
    const forged: [string, string | Uint8Array][] = [
      [part, text.replace(/"labeled":\d+/, '"labeled":9000000000000')],
      [part, text.replace(/("fp[^"]*":\[\d+,)\d+/, '$1-5000')],
      [table, readFileSync(join(made.folder, 'shards/0000001.parquet'))],
      [table, readFileSync(join(made.folder, 'evaluated/0000000.objects.parquet'))],
    ];
    for (const [name, bytes] of forged) {
      const own = readFileSync(join(made.folder, name));
      forge(made, name, bytes);
      await summarizeRun({ ...made, imageStore: undefined });
      assert.deepEqual(read(made), before);
      forge(made, name, own);
    }
  });

  it('that ended with a shard that failed for good is evaluated without it', async () => {
    const made = await evaluated();
    rmSync(join(made.folder, 'done/0000001.json'));
    await assert.rejects(again(made), { code: 'incomplete', message: /1 of 2 shards/ });
    const { runId, store } = made;
    await putFailedShard(store, { runId, shard: 1, reason: 'Out of memory.' });
    const { evaluation, summary } = await again(made);
    assert.deepEqual([evaluation.labels.labeled, summary.failedShards.length], [1, 1]);
  });

  it('refuses in a sentence what it does not hold', async () => {
    const made = await evaluated();
    await assert.rejects(again(made, { choice: { confThreshold: 0.0001 } }), {
      code: 'usage',
      message: /stored no box below 0.001/,
    });
    await assert.rejects(again(made, { labels: join(made.root, 'nowhere') }), {
      code: 'dataset',
      message: /There is nothing at/,
    });
    rmSync(join(made.root, 'labels'), { recursive: true });
    await assert.rejects(again(made), { code: 'dataset', message: /--stored-labels/ });
    // Nothing was touched.
    read(made);
  });
});
