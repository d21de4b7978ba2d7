import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import picomatch from 'picomatch';
import { takeSteps } from '../support/docker-steps.ts';
import { parseDockerfile } from '../support/dockerfile.ts';
import { repositoryFiles, repositoryText } from '../support/repository-files.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const stages = parseDockerfile(repositoryText('Dockerfile'));
const targets = ['cpu', 'cuda'].map((name) => stages.find((stage) => stage.name === name)!);
const version: string = JSON.parse(repositoryText('package.json')).version;

describe('the Dockerfile', () => {
  it('builds the CPU image when no target is named', () => {
    assert.equal(stages.at(-1)?.name, 'cpu');
  });

  it('starts from images that are named to the patch', () => {
    const own = new Set(stages.map(({ name }) => name));
    const bases = stages.map(({ base }) => base).filter((base) => !own.has(base));
    assert.ok(bases.length >= 2);
    for (const base of bases) assert.match(base, /^[\w./-]+:\d+\.\d+\.\d+-[\w.-]+$/);
  });

  it('runs neither target as root, and lets signals through', () => {
    for (const { name, instructions } of targets) {
      const said = (word: string) => instructions.filter((i) => i.word === word).at(-1)?.rest;
      assert.equal(said('USER'), '10001:10001', name);
      assert.equal(said('STOPSIGNAL'), 'SIGTERM', name);
      assert.deepEqual(JSON.parse(said('ENTRYPOINT')!), ['tini', '--', 'eigenfleet'], name);
      assert.match(said('HEALTHCHECK')!, /127\.0\.0\.1:9464\/healthz/, name);
      assert.match(said('LABEL')!, new RegExp(`image.version="${version}"`), name);
    }
  });

  it('starts and labels both targets alike', () => {
    const alike = targets.map(({ instructions }) =>
      instructions.filter(({ word }) => !['RUN', 'COPY', 'LABEL'].includes(word)),
    );
    assert.deepEqual(alike[0], alike[1]);
  });

  it('fetches the CUDA 12 provider for the base that has CUDA 12 and cuDNN', () => {
    const rebuild = stages.find(({ name }) => name === 'packages-cuda')!.instructions[0]!.rest;
    assert.match(
      rebuild,
      /^ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules\/onnxruntime-node\/script\/install\.js\b/,
    );
    assert.match(targets[1]!.base, /^nvidia\/cuda:12\.\d+\.\d+-cudnn-runtime-/);
  });

  it('gives, step by step in an empty folder, a program that runs', async () => {
    const skip = /\b(apt-get|useradd)\b/;
    const taken = await takeSteps(stages, 'cpu', { folder: tempDir(), inContext, skip });
    assert.equal(taken.skipped.length, 1, 'only the system packages are left out');
    const app = join(taken.roots.get('cpu')!, 'app');
    for (const part of ['node_modules/typescript', 'src', 'test', 'node_modules/.cache']) {
      assert.equal(existsSync(join(app, part)), false, `${part} is in the image`);
    }
    const platforms = await readdir(join(app, 'node_modules/onnxruntime-node/bin/napi-v6'));
    assert.deepEqual(platforms, ['linux']);
    const program = join(taken.roots.get('cpu')!, 'usr/local/bin/eigenfleet');
    const { stdout } = await run(process.execPath, [program, '--version']);
    assert.equal(stdout.trim(), version);
    const model = join(app, 'examples/blood-cells/bccd-yolov8n.onnx');
    const layers = await run(process.execPath, [program, 'layers', model]);
    assert.match(layers.stdout, /model\.15/);
    const upload = run(process.execPath, [join(app, 'scripts/upload-folder.js')]);
    await assert.rejects(upload, /usage: node scripts\/upload-folder\.js/);
  });
});

describe('the build context', () => {
  it('holds what is built from, and nothing of tests, results or keys', () => {
    const sent = repositoryFiles().filter(inContext);
    const top = new Set(sent.map((path) => path.split('/')[0]));
    for (const path of ['test', 'bench', 'docs', '.env', '.env.example', '.git']) {
      assert.equal(top.has(path), false, path);
    }
    assert.ok(sent.includes('src/cli.ts') && sent.includes('.npmrc'));
  });
});

/** Whether .dockerignore lets a path through: the last line that fits decides, as Docker says. */
function inContext(path: string): boolean {
  const lines = repositoryText('.dockerignore').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const parents = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let sent = true;
  for (const rule of rules) {
    const fits = picomatch(rule.replace(/^!/, ''), { dot: true });
    if (parents.some((part) => fits(part))) sent = rule.startsWith('!');
  }
  return sent;
}
