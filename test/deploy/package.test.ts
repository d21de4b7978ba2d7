import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { duplicate } from '../support/duplicate.ts';
import { findNode } from '../support/node-version.ts';
import { repositoryFiles, repositoryText } from '../support/repository-files.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const manifest = JSON.parse(repositoryText('package.json'));

/** What npm's own processes set would make it think of this checkout; the script of ONNX Runtime would fetch CUDA libraries. */
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?!config_(?:registry|cache))/i.test(name),
    ),
  ),
  ...{ NODE_ENV: undefined, NODE_OPTIONS: undefined, INIT_CWD: undefined },
  ONNXRUNTIME_NODE_INSTALL: 'skip',
};

/** The examples of the page by their file names, as they stand there. */
const examples = [
  ...repositoryText('docs/library.md').matchAll(/^```js\n\/\/ (\S+)\n([\s\S]*?)^```$/gm),
].map(([, name = '', code = '']) => ({ name, code }));

/** Exported without a word on their types: the compiler has to find a name for each, and only the package's one door is open to it. */
const typeUses = `import * as eigenfleet from 'eigenfleet';
export const model = await eigenfleet.openModel('best.onnx', { layers: ['15'], note: () => {} });
export const { targetLayers, options, task, classNames, device } = model;
export const explanation = await model.explain(new Uint8Array());
export const explained = explanation.status === 'success' ? explanation : undefined;
export const reason = explanation.status === 'success' ? undefined : explanation.reason;
export const detection = explained?.detections[0];
export const score = explained?.classScores[0];
export const layer = explained?.layers[0];
export const map = layer?.components[0];
export const values: Float32Array | undefined = map?.values;
export const { fused, geometry, measures, flags } = explained ?? {};
export const heat = fused && geometry && eigenfleet.heatmapOverPicture(fused, geometry);
export const { runId, dataset, model: file } = await eigenfleet.planRun({ model: 'a', images: 'b' });
export const result = await eigenfleet.run({ overlays: 'none', signal: AbortSignal.timeout(1) });
export const summary = result.status === 'done' ? result.summary : undefined;
export const onProgress = (progress: eigenfleet.RunProgress) => progress.done / progress.total;
export const results = await eigenfleet.openRun('results', { run: 'latest' });
export const rows = results.rows();
export async function* named() {
  for await (const row of rows) yield { row, maps: await results.maps(row) };
}
export const failure = (error: unknown) =>
  error instanceof eigenfleet.EigenfleetError ? error.code : undefined;
`;

describe('the package', async () => {
  const packed = tempDir();
  await run(process.execPath, [join(repositoryRoot, 'scripts/prepack.js')]);
  const { stdout } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', packed],
    { cwd: repositoryRoot, env, maxBuffer: 1e8 },
  );
  const [{ filename, files }] = JSON.parse(stdout);
  const folder = tempDir();
  before(() => install(folder, join(packed, filename)), { timeout: 300_000 });

  it('carries the program, its types, its pages and nothing else', async () => {
    const sources = repositoryFiles().filter((path) => /^src\/.*\.ts$/.test(path));
    // Nobody imports the command line.
    const types = sources
      .filter((path) => !/^src\/cli(\.ts|\/)/.test(path))
      .map((path) => `dist/${path.replace(/\.ts$/, '.d.ts')}`);
    const program = await readdir(join(repositoryRoot, 'dist/bundle'));
    const compiled = [...types, ...program.map((file) => `dist/bundle/${file}`)];
    const pages = repositoryFiles().filter((path) =>
      /^docs\/(?:[^/]*\.md|schemas\/[^/]*\.json)$/.test(path),
    );
    const others = [
      'CHANGELOG.md',
      'LICENSE',
      'NOTICE',
      'README.md',
      'bin/eigenfleet.js',
      'package.json',
    ];
    const expected = [...compiled, ...pages, ...others].sort();
    assert.deepEqual(files.map(({ path }: { path: string }) => path).sort(), expected);
  });

  it('may be published, with one door', () => {
    assert.equal(manifest.private, undefined);
    assert.deepEqual(Object.keys(manifest.exports), ['.', './package.json']);
  });

  it('names the types of everything that it returns', async () => {
    await writeFile(join(folder, 'types.mts'), typeUses);
    const options = ['--strict', '--declaration', '--module', 'nodenext', '--target', 'es2023'];
    const checks = [...options, '--skipLibCheck', 'false', '--types', 'node', '--outDir', 'types'];
    const known = ['--typeRoots', join(repositoryRoot, 'node_modules/@types')];
    const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [compiler, ...checks, ...known, 'types.mts'], {
      cwd: folder,
    }).catch(({ stdout: words }) => assert.fail(words));
  });

  for (const version of [process.versions.node, '22.23.3', '24.22.3']) {
    it(`runs its examples and its command on Node ${version}`, async (test) => {
      const found =
        version === process.versions.node
          ? ({ status: 'found', program: process.execPath } as const)
          : await findNode(version);
      if (found.status === 'unavailable') return test.skip(found.reason);
      const PATH = [dirname(found.program), env.PATH].join(delimiter);
      const own = { cwd: folder, env: { ...env, PATH }, maxBuffer: 1e7 };
      const alone = examples.filter(({ name }) => name !== 'compare.mjs');
      const all = alone.map(({ name }) => `await import('./${name}');`).join('\n');
      const told = await run('node', ['--input-type=module', '-e', all], own);
      assert.match(told.stdout, /^RBC [\d.]+ \[$/m);
      assert.match(told.stdout, /^hottest at \d+, \d+ of 640 x 480$/m);
      assert.match(told.stdout, /^3 of 3$/m);
      assert.match(told.stdout, /report\.html/);
      assert.match(told.stdout, /^BloodImage_\d+\.jpg \d+ [\d.]+ model\.15 1600$/m);
      assert.equal(told.stderr, '');
      const command = await run('npx', ['--no', 'eigenfleet', 'layers', 'best.onnx'], own);
      assert.match(command.stdout, /model\.15/);
      assert.equal(command.stderr, '');
      await run('rm', ['-r', 'results'], own);
    });
  }

  it('compares two runs by its example', async () => {
    const places = { model: 'best.onnx', images: 'images', out: 'results', overlays: 'none' };
    const runs = [{ name: 'before' }, { name: 'after', conf: 0.5 }].map(
      (more) => `await run(${JSON.stringify({ ...places, ...more })});`,
    );
    // One process for both runs and the example: what takes time is to load what they stand on.
    const all = ["import { run } from 'eigenfleet';", ...runs, "await import('./compare.mjs');"];
    const program = ['--input-type=module', '-e', all.join('\n')];
    const { stdout } = await run('node', program, { cwd: folder, env });
    assert.match(stdout, /^before -> after: 3 images are too few to tell of a change$/m);
    await run('rm', ['-r', 'results'], { cwd: folder });
  });
});

/** As "npm install" of the package in an empty folder, but for the packages that it needs: those lie there already, from this checkout. */
async function install(folder: string, archive: string): Promise<void> {
  await duplicate(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], {
    cwd: folder,
    env,
  });
  const demo = join(repositoryRoot, 'examples/blood-cells');
  await cp(join(demo, 'bccd-yolov8n.onnx'), join(folder, 'best.onnx'));
  const photos = join(demo, 'images/test');
  const [first = '', ...others] = (await readdir(photos)).sort().slice(0, 3);
  await cp(join(photos, first), join(folder, 'photo.jpg'));
  for (const name of [first, ...others]) await cp(join(photos, name), join(folder, 'images', name));
  for (const { name, code } of examples) await writeFile(join(folder, name), code);
}
