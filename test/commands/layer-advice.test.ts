import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli, startCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const modelOf = (name: string) => join(repositoryRoot, 'test/fixtures/models', `${name}.onnx`);
const fast = ['--device', 'cpu', '--threads', '1', '--layers', '15,18', '--quiet'];

/** Photos without labels. */
function unlabeled(count: number): string {
  const root = join(tempDir(), 'photos');
  mkdirSync(root);
  for (const name of readdirSync(photos).sort().slice(0, count)) {
    cpSync(join(photos, name), join(root, name));
  }
  return root;
}

describe('eigenfleet layers --images', () => {
  for (const name of ['tiny-det', 'tiny-seg', 'tiny-pose', 'tiny-obb']) {
    it(`ranks the layers of ${name} by its own objects, and calls that self-agreement`, async () => {
      const cwd = tempDir();
      const found = await runCli(
        ['layers', modelOf(name), '-i', unlabeled(2), '--conf', '0.05', ...fast, '--json'],
        { cwd },
      );
      assert.equal(found.code, 0, found.stderr);
      const advice = JSON.parse(found.stdout);
      assert.equal(advice.schema, 'advice@1');
      assert.equal(advice.objectsFrom, 'detections');
      assert.ok(advice.images.measured > 0 && advice.objects > 0);
      assert.ok(advice.ranked.some(({ layers }: { layers: string[] }) => layers.length === 2));
      assert.ok(advice.caveats.some((one: string) => one.includes('self-agreement')));
      assert.match(advice.command, /^eigenfleet run --model .* --conf 0.05/);
      assert.ok(existsSync(join(cwd, advice.html)) && existsSync(join(cwd, advice.png)));
      assert.match(readFileSync(join(cwd, advice.html), 'utf8'), /self-agreement/);
    });
  }

  it('prints the ranking, the command that uses it and where the contact sheet is', async () => {
    const out = join(tempDir(), 'advice');
    const args = ['layers', modelOf('tiny-det'), '-i', photos, '--limit', '2', ...fast];
    const { code, stdout, stderr } = await runCli([...args, '--out', out]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Share of the attainable heat in labeled objects\n2 of 2 images with \d+/,
    );
    assert.match(stdout, /\n {2}1\. \S.* -?\d\.\d\d +\d.*inside/);
    assert.match(stdout, /\n2 images are too few to tell places apart/);
    assert.match(stdout, /\neigenfleet run --model \S+ --images \S+ --layers 1[58]/);
    assert.match(stdout, /Heat in boxes is not correctness/);
    assert.ok(
      stdout.endsWith(`contact sheet: ${join(out, 'advice.html')}, ${join(out, 'advice.png')}\n`),
    );
  });

  it('ranks the layers of a classifier by where the score of its top class comes from, and says whose view that is', async () => {
    const args = ['layers', modelOf('tiny-cls'), '-i', photos, '--limit', '2', '--no-labels'];
    const { code, stdout, stderr } = await runCli([...args, '--layers', '8,9', '--threads', '1'], {
      cwd: tempDir(),
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /heat in the class activation of the top class \(self-agreement\)/);
    assert.match(stdout, /\n +1\. .* of the peak/);
    assert.match(stdout, /made of the last features, on their grid: layers near them rank high/);
    assert.doesNotMatch(stdout, /objects|boxes/);
  });

  it('refuses images in which the model finds nothing, with the way out', async () => {
    const args = ['layers', modelOf('tiny-det'), '-i', unlabeled(1), '--conf', '0.99', ...fast];
    const { code, stderr } = await runCli(args, { cwd: tempDir() });
    assert.equal(code, 4);
    assert.match(
      stderr,
      /finds nothing in the image with a confidence of 0.99 or more.*lower --conf/,
    );
  });

  it('stops at Ctrl-C with code 130, and leaves no contact sheet', async () => {
    const cwd = tempDir();
    const args = ['layers', modelOf('tiny-det'), '-i', photos, '--device', 'cpu', '--threads', '1'];
    const running = startCli(args, { cwd });
    await running.line(/^Explaining \d+ layers/);
    running.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, 130, stderr);
    assert.equal(stdout, '');
    assert.equal(existsSync(join(cwd, 'layer-advice/advice.html')), false);
  });

  it('refuses a folder that is not there and a layer that is not there', async () => {
    const cwd = tempDir();
    const nowhere = await runCli(['layers', modelOf('tiny-det'), '-i', join(cwd, 'no')], { cwd });
    assert.equal(nowhere.code, 4, nowhere.stderr);
    const args = ['layers', modelOf('tiny-det'), '-i', photos, '--limit', '1', '--layers', '99'];
    const absent = await runCli(args, { cwd });
    assert.equal(absent.code, 2);
    assert.match(absent.stderr, /has no layer "99"/);
  });

  it('has help with an example of it', async () => {
    const { stdout } = await runCli(['layers', '--help']);
    assert.match(stdout, /eigenfleet layers best\.onnx --images data\/images/);
    assert.match(stdout, /--limit <n> .*\(default: 50\)/);
  });
});
