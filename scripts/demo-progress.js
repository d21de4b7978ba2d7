#!/usr/bin/env node
// Did training help, and did the images change? Explains 48 labeled images with three checkpoints of one training and compares them; then
// blurs and darkens the same images, explains those, and compares. No server, no network. `--limit N` takes fewer images, `--out FOLDER` another place.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { mulberry32 } from '../dist/src/shared/statistics/mulberry32.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = (path) => join(root, 'examples', path);

const checkpoints = {
  epoch5: example('blood-cells-progress/bccd-yolov8n-epoch5.onnx'),
  epoch20: example('blood-cells-progress/bccd-yolov8n-epoch20.onnx'),
  final: example('blood-cells/bccd-yolov8n.onnx'),
};
const seed = 7;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await demoOf(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`demo:progress: ${error.message}\n`);
    return error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
  });
}

async function demoOf(args) {
  const text = { type: 'string' };
  const options = { limit: text, out: text, help: { type: 'boolean', short: 'h' } };
  const { limit, out, help } = parseArgs({ args, options }).values;
  if (!help) return demoProgress({ target: out, limit: limit && Number(limit) });
  process.stdout.write(
    'npm run demo:progress -- [--limit N] [--out FOLDER]\n\nExplains 48 labeled images, or N, with three checkpoints and compares them, and the same images blurred and darkened.\n',
  );
  return 0;
}

/**
 * Explains the images with each checkpoint, and those that are out of focus with the last one.
 *
 * @param target folder for images and results; what is there is deleted
 * @param limit how many images
 * @param options further ones of `eigenfleet run`
 * @param eigenfleet runs the command line to its end and returns what it prints; rejects when it ends with another code than 0
 * @param say called with each line for people
 * @returns 0
 */
export async function demoProgress({
  target = join(root, 'demo-results', 'progress'),
  limit = 48,
  options = [],
  eigenfleet = runInProcess,
  say = (line) => process.stdout.write(`${line}\n`),
}) {
  const explain = (model, images, name) => {
    const own = ['--model', model, '--images', images, '--name', name];
    const out = ['--out', join(target, 'results'), '--quiet', '--json'];
    return eigenfleet(['run', ...own, ...out, ...options]);
  };
  /** Returns the comparison with the path of its page. */
  const compare = async (...runs) => {
    const args = ['compare', ...runs, '--out', join(target, 'results'), '--quiet', '--json'];
    return JSON.parse(await eigenfleet(args));
  };
  await rm(target, { recursive: true, force: true });
  const images = await collectImages(target, limit);
  say(`Explaining ${images.length} labeled images with three checkpoints of one training.`);
  const sharpImages = join(target, 'data', 'images');
  for (const [name, model] of Object.entries(checkpoints)) await explain(model, sharpImages, name);
  const progress = await compare('epoch5', 'epoch20', 'final');

  const dim = await blurAndDarken(target, images);
  say('Explaining the same images, blurred and darkened.');
  await explain(checkpoints.final, dim, 'blurred');
  const drift = await compare('final', 'blurred');

  for (const { title, page } of [progress, drift]) {
    say(`\n${title.text}\n  ${relative(process.cwd(), page)}`);
  }
  return 0;
}

/** Copies the images and labels of both examples side by side. Returns their names. */
async function collectImages(target, limit) {
  const parts = ['blood-cells/%/test', 'blood-cells-progress/%/val'];
  const found = [];
  for (const part of parts) {
    const folder = example(part.replace('%', 'images'));
    for (const name of await readdir(folder)) found.push({ name, part });
  }
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = found.slice(0, limit);
  for (const kind of ['images', 'labels']) {
    await mkdir(join(target, 'data', kind), { recursive: true });
    await mkdir(join(target, 'blurred-data', kind), { recursive: true });
  }
  for (const { name, part } of taken) {
    const label = `${basename(name, '.jpg')}.txt`;
    const labels = join(example(part.replace('%', 'labels')), label);
    await copyFile(
      join(example(part.replace('%', 'images')), name),
      join(target, 'data/images', name),
    );
    await copyFile(labels, join(target, 'data/labels', label));
    await copyFile(labels, join(target, 'blurred-data/labels', label));
  }
  return taken.map(({ name }) => name);
}

/** The same images as a lens out of focus sees them by less light, each a little differently, the same in every run of the demo. */
async function blurAndDarken(target, names) {
  const random = mulberry32(seed);
  const folder = join(target, 'blurred-data', 'images');
  for (const name of names) {
    const sigma = 2.5 + random();
    const light = 0.5 + 0.1 * random();
    await sharp(join(target, 'data/images', name))
      .blur(sigma)
      .linear(light, 0)
      .jpeg({ quality: 92 })
      .toFile(join(folder, name));
  }
  return folder;
}

/** Runs `eigenfleet` in a process of its own; returns what it prints. */
export async function runInProcess(args) {
  const child = spawn(process.execPath, [join(root, 'bin/eigenfleet.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`eigenfleet ${args[0]} ended with ${code}.`);
  return Buffer.concat(chunks).toString();
}
