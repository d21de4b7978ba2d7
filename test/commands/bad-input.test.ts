import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');

interface BadInput {
  readonly title: string;
  readonly code: number;
  readonly message: RegExp;
  /** Arguments, made in a folder of the case's own. */
  args(folder: string): Promise<readonly string[]>;
}

const written = async (folder: string, name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const cases: readonly BadInput[] = [
  {
    title: 'a model that is not there',
    code: 3,
    message: /nothing\.onnx/,
    args: async (folder) => ['-m', join(folder, 'nothing.onnx'), '-i', images],
  },
  {
    title: 'an empty model',
    code: 3,
    message: /empty/,
    args: async (folder) => ['-m', await written(folder, 'm.onnx', ''), '-i', images],
  },
  {
    title: 'a truncated model',
    code: 3,
    message: /truncated|ends early|cut/,
    args: async (folder) => {
      const bytes = await readFile(model);
      const path = await written(folder, 'm.onnx', bytes.subarray(0, bytes.length / 2));
      return ['-m', path, '-i', images];
    },
  },
  {
    title: 'a model that is a text file',
    code: 3,
    message: /m\.onnx .*ONNX/,
    args: async (folder) => ['-m', await written(folder, 'm.onnx', 'hello\n'), '-i', images],
  },
  {
    title: 'a checkpoint without an export',
    code: 3,
    message: /yolo export model=.*best\.pt.* format=onnx/,
    args: async (folder) => ['-m', await written(folder, 'best.pt', 'PK'), '-i', images],
  },
  {
    title: 'a layer that is not there',
    code: 2,
    message: /model\.99|99.*model\.\d+/,
    args: async () => ['-m', model, '-i', images, '--layers', '99'],
  },
  {
    title: 'a component beyond what a layer has',
    code: 2,
    message: /Component 5000 .*up to/,
    args: async () => ['-m', model, '-i', images, '--components', '5000'],
  },
  {
    title: 'a folder of images that is not there',
    code: 4,
    message: /nowhere/,
    args: async (folder) => ['-m', model, '-i', join(folder, 'nowhere')],
  },
  {
    title: 'an empty folder',
    code: 4,
    message: /no file in/,
    args: async (folder) => {
      await mkdir(join(folder, 'empty'));
      return ['-m', model, '-i', join(folder, 'empty')];
    },
  },
  {
    title: 'a folder without images',
    code: 4,
    message: /no image among the 1 file/,
    args: async (folder) => {
      await mkdir(join(folder, 'texts'));
      await written(join(folder, 'texts'), 'notes.txt', 'x');
      return ['-m', model, '-i', join(folder, 'texts')];
    },
  },
  {
    title: 'options that contradict each other',
    code: 2,
    message: /--parity contradicts --padding exclude/,
    args: async () => ['-m', model, '-i', images, '--parity', '--padding', 'exclude'],
  },
  {
    title: 'a batch that the model does not have',
    code: 2,
    message: /--batch 4 .*fixed batch of 1/,
    args: async () => ['-m', model, '-i', images, '--batch', '4'],
  },
  {
    title: 'a device that this machine does not have',
    code: 6,
    message: /The device \w+ cannot be used here .*--device cpu/,
    args: async () => {
      const device = process.platform === 'darwin' ? 'dml' : 'coreml';
      return ['-m', model, '-i', images, '--device', device];
    },
  },
  {
    title: 'a name that is not a file name',
    code: 2,
    message: /"a\/b" is not a name for a run/,
    args: async () => ['-m', model, '-i', images, '--name', 'a/b'],
  },
  {
    title: 'the name "latest"',
    code: 2,
    message: /always the newest run/,
    args: async () => ['-m', model, '-i', images, '--name', 'latest'],
  },
  {
    title: 'a pattern that the shell has spread over its matches',
    code: 2,
    message: /pattern needs quotes/,
    args: async () => ['-m', model, '-i', 'a.jpg', 'b.jpg', 'c.jpg'],
  },
  {
    title: 'a misspelled setting in a config file',
    code: 2,
    message: /no setting "modell"\. Did you mean model\?/,
    args: async (folder) => ['--config', await written(folder, 'c.yaml', 'modell: x\n')],
  },
  {
    title: 'an option that does not exist',
    code: 2,
    message: /unknown option.*--confidence.*\n\(see eigenfleet run --help\)/,
    args: async () => ['-m', model, '-i', images, '--confidence', '1'],
  },
  {
    title: 'neither a model nor images',
    code: 2,
    message: /Which model and which images\? .*--model .*--images/,
    args: async () => [],
  },
  {
    title: 'no model at all',
    code: 2,
    message: /--model/,
    args: async () => ['-i', images],
  },
];

for (const { title, code, message, args } of cases) {
  test(`${title} is one sentence, exit code ${code}, and nothing written`, async () => {
    const folder = tempDir();
    const out = join(folder, 'out');
    const result = await runCli(['run', ...(await args(folder)), '--out', out]);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, message);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
    assert.equal(result.stdout, '');
    const left = await readdir(out, { recursive: true }).catch(() => []);
    assert.deepEqual(left, []);
  });
}

test('an out folder that cannot be written is one sentence', async () => {
  const folder = tempDir();
  const file = await written(folder, 'file', '');
  const under = await runCli(['run', '-m', model, '-i', images, '--out', join(file, 'out')]);
  assert.equal(under.code, 5, under.stderr);
  assert.match(under.stderr, /^error: .*out/m);
  if (process.getuid?.() === 0) return;
  await mkdir(join(folder, 'locked'));
  await chmod(join(folder, 'locked'), 0o500);
  const locked = await runCli([
    'run',
    '-m',
    model,
    '-i',
    images,
    '--out',
    join(folder, 'locked/out'),
  ]);
  assert.equal(locked.code, 5, locked.stderr);
});

test('explain passes over what is not an image file, and explains the rest', async () => {
  const folder = tempDir();
  await mkdir(join(folder, 'folder.jpg'));
  const paths = [join(folder, 'folder.jpg'), '/dev/zero', join(images, 'BloodImage_00007.jpg')];
  const out = join(folder, 'out');
  const result = await runCli(['explain', ...paths, '-m', model, '--out', out]);
  assert.equal(result.code, 4, result.stderr);
  assert.match(result.stderr, /folder\.jpg was not explained: it is a folder/);
  assert.match(
    result.stderr,
    /\/dev\/zero was not explained: it (does not exist|is a device, not a file)/,
  );
  assert.deepEqual(await readdir(out), ['BloodImage_00007.explained.png']);
});

test('a log of a CI gets no colors', async () => {
  const env = { CI: 'true', FORCE_COLOR: undefined, NO_COLOR: undefined };
  const { stderr } = await runCli(['run', '-i', images], { env });
  assert.match(stderr, /^error: /);
  assert.ok(!stderr.includes('\u001b'));
});

test('a worker whose device is not there says so in one sentence', {
  skip: process.platform !== 'linux',
}, async () => {
  // No Vulkan driver is found, whatever this machine has.
  const env = { VK_DRIVER_FILES: '/nothing', VK_ICD_FILENAMES: '/nothing' };
  const { code, stderr } = await runCli(['worker', '--device', 'webgpu'], { env });
  assert.equal(code, 6, stderr);
  assert.match(stderr, /^error: The device webgpu cannot be used here .*\n$/);
});
