import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openRun } from '../../../src/index.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { runCli } from '../../support/cli.ts';
import { collect } from '../../support/collect.ts';
import { runHere } from '../../support/run-here.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { residualClassifier } from '../../support/vision-model.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const root = tempDir();
const images = join(root, 'images');
for (const name of (await readdir(photos)).sort().slice(0, 3)) {
  await cp(join(photos, name), join(images, name));
}
const model = join(root, 'resnet.onnx');
await writeFile(model, residualClassifier());

describe('a model whose answer is not read', async () => {
  const out = join(root, 'out');
  const settings = { model, images, out, task: 'none', device: 'cpu', threads: 1 } as const;
  const warnings: string[] = [];
  const warn = (line: string) => warnings.push(line);
  const { runId } = await runHere({ ...settings, overlays: 'all', warn });
  const folder = join(out, runId);

  it('has maps and measures, and none that needs boxes', async () => {
    const rows = await collect((await openRun(out, { run: runId })).rows());
    assert.equal(rows.length, 3);
    for (const { status, detections, measures, flags } of rows) {
      assert.equal(status, 'success');
      assert.deepEqual(detections, []);
      assert.ok(measures.entropy_fused !== undefined);
      const ofBoxes = Object.keys(measures).filter((name) =>
        /box|detections|confidence/.test(name),
      );
      assert.deepEqual(ofBoxes, []);
      assert.ok(!flags.some((flag) => flag === 'no-detection' || flag === 'off-object'));
    }
  });

  it('is said to get colors from 0 to 1, since nothing says what it takes', () => {
    assert.match(warnings.join('\n'), /which numbers resnet\.onnx takes: .* --mean 0\.485/);
  });

  it('is summarized and reported without a word of objects', async () => {
    const summary = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'));
    assert.equal(summary.model.task, 'none');
    assert.equal(summary.counts.explained, 3);
    assert.ok(!('objects' in summary.counts) && !('imagesWithObjects' in summary.counts));
    assert.deepEqual(summary.classes, []);
    assert.match(JSON.stringify(summary.headlines), /is not read/);
    for (const page of ['report.html', 'summary.md']) {
      const text = (await readFile(join(folder, page), 'utf8'))
        .replace(/<(style|script)>.*?<\/\1>/gs, '')
        .replace('no boxes or classes', '');
      assert.doesNotMatch(text, /\bno object|\bobjects?\b|\bbox(es)?\b|confidence(?! 0)/i, page);
    }
  });

  it('is explained image by image in the same way', async () => {
    const [photo = ''] = await readdir(images);
    const picture = join(images, photo);
    const common = [picture, '--model', model, '--task', 'none', '--out', join(root, 'figures')];
    const text = await runCli(['explain', ...common, '--device', 'cpu']);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /stage4\.last: component 1/);
    assert.doesNotMatch(text.stdout, /object|class|box/);
    const stretched = ['--prepare', 'stretch', '--mean', '0.5', '--json'];
    const json = await runCli(['explain', ...common, '--device', 'cpu', ...stretched]);
    const document = JSON.parse(json.stdout);
    const { newWidth, newHeight } = document.geometry;
    assert.deepEqual([newWidth, newHeight], [64, 64]);
    assert.equal(document.status, 'success');
    assert.ok(!('detections' in document) && !('classScores' in document));
  });
});
