import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openModel, openRun } from '../../src/index.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const fast = { imgsz: 64, device: 'cpu', threads: 1, overlays: 'none', maps: false };
const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');

/** Four images, of which the labels are: good, empty, absent, bad in line 2. */
function dataset(): string {
  const root = tempDir();
  const names = readdirSync(photos).sort().slice(0, 4);
  mkdirSync(join(root, 'images'));
  mkdirSync(join(root, 'labels'));
  names.forEach((name, i) => {
    cpSync(join(photos, name), join(root, 'images', `${i}.jpg`));
  });
  write(root, '0.txt', '0 0.5 0.5 0.5 0.5\r\n1 0.25 0.25 0.1 0.1\r\n');
  write(root, '1.txt', '');
  write(root, '3.txt', '0 0.5 0.5 0.5 0.5\n9 0.5 0.5 0.5 0.5\n');
  return root;
}

function write(root: string, name: string, text: string): void {
  writeFileSync(join(root, 'labels', name), text);
}

async function runOn(root: string, more: Partial<Parameters<typeof runHere>[0]> = {}) {
  const warnings: string[] = [];
  const done = await runHere({
    ...{ ...fast, model, images: join(root, 'images'), out: join(root, 'out') },
    ...{ warn: (line: string) => void warnings.push(line), ...more },
  });
  assert.ok(done.status === 'done');
  const results = await openRun(done.out);
  return { done, warnings, spec: results.spec, rows: await collect(results.rows()) };
}

describe('a run over images with labels beside them', () => {
  const plainRoot = dataset();
  let plain: ReturnType<typeof runOn> | undefined;
  /** One run of these images, for all tests that need no other. */
  const plainRun = () => {
    plain ??= runOn(plainRoot);
    return plain;
  };

  it('stores what each image is labeled with, and measures heat in it', async () => {
    const { done, rows, spec } = await plainRun();
    assert.deepEqual(
      rows.map(({ labels }) => labels?.status),
      ['labeled', 'background', 'background', 'unusable'],
    );
    const [first, second, , bad] = rows;
    assert.ok(first?.labels && first.geometry);
    const { width, height } = first.geometry;
    assert.deepEqual(
      first.labels.objects.map(({ classId, box }) => [classId, ...box.map(Math.round)]),
      [
        [0, width * 0.25, height * 0.25, width * 0.75, height * 0.75],
        [1, width * 0.2, height * 0.2, width * 0.3, height * 0.3],
      ],
    );
    assert.equal(first.measures.labeled_objects, 2);
    // A square of a half and what of the small one lies outside it.
    assert.ok(Math.abs((first.measures.label_area ?? 0) - (0.25 + 0.01 - 0.0025)) < 1e-6);
    const { energy_in_labels_fused: energy = 0, label_lift_fused: lift = 0 } = first.measures;
    assert.ok(energy > 0 && Math.abs(lift - energy / 0.2575) < 1e-6);
    assert.deepEqual([second?.measures.labeled_objects, second?.measures.label_area], [0, 0]);
    assert.equal(bad?.measures.labeled_objects, undefined);
    const remark = {
      reason: 'labels are not used: a class id is beyond the classes there are',
      ...{ status: 'success', count: 1, keys: ['3.txt:2'] },
    };
    assert.deepEqual(done.summary.remarks, [remark]);
    assert.equal(done.summary.measures.labeled_objects?.n, 3);
    assert.deepEqual([spec.labels?.kind, spec.labels?.images], ['yolo', 3]);
  });

  it('has the same id without them and with corrected ones, and says that its rows are of the earlier ones', async () => {
    const root = dataset();
    // Candidates are kept where there are labels, and a run with them is another one.
    const apart = { candidates: false };
    const { done, spec } = await runOn(root, apart);
    write(root, '3.txt', '1 0.5 0.5 0.5 0.5\n');
    const again = await runOn(root, apart);
    assert.equal(again.done.runId, done.runId);
    assert.deepEqual(again.spec.labels, spec.labels);
    assert.match(again.warnings.join(), /labels have changed since/);
    const out = join(root, 'other');
    const without = await runOn(root, { labels: false, out, ...apart });
    assert.equal(without.done.runId, done.runId);
    assert.equal(without.spec.labels, undefined);
    assert.equal(without.rows[0]?.labels, undefined);
    assert.ok(Object.keys(without.rows[0]?.measures ?? {}).every((name) => !/label/.test(name)));
    assert.deepEqual(without.warnings, []);
  });

  it('mends a list of labels that was lost, and refuses to guess meanwhile', async () => {
    const root = plainRoot;
    const { done } = await plainRun();
    const folder = join(root, 'out', done.runId);
    rmSync(join(folder, 'labels'), { recursive: true });
    rmSync(join(folder, 'done'), { recursive: true });
    const continued = { images: undefined, model: undefined, run: done.runId };
    await assert.rejects(runOn(root, continued), /labels\/0000000\.jsonl is missing/);
    const again = await runOn(root);
    assert.match(again.warnings.join(), /labels\/0000000\.jsonl is missing .* It was rewritten/);
    assert.equal(again.rows[0]?.labels?.status, 'labeled');
  });

  it('matches the classes of a data.yaml that orders them differently by their names', async () => {
    const root = dataset();
    const names = ['WBC', 'RBC', 'Platelets'];
    writeFileSync(join(root, 'data.yaml'), `names: [${names.toReversed().join(', ')}]\n`);
    const { rows, warnings } = await runOn(root, { names });
    assert.match(warnings.join(), /data\.yaml orders classes differently from the model/);
    assert.deepEqual(
      rows[0]?.labels?.objects.map(({ classId }) => classId),
      [2, 1],
    );
  });

  it('labels single images likewise', async () => {
    const { rows } = await plainRun();
    const opened = await openModel(model, { imgsz: 64, device: 'cpu', threads: 1 });
    const explained = await opened.explain(join(plainRoot, 'images/0.jpg'));
    await opened.close();
    assert.ok(explained.status === 'success');
    assert.deepEqual(explained.labels?.objects, rows[0]?.labels?.objects);
    assert.deepEqual(explained.measures, rows[0]?.measures);
  });
});
