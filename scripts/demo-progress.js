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
const { values } = parseArgs({ options: { limit: { type: 'string' }, out: { type: 'string' } } });
const limit = Number(values.limit ?? 48);
const target = values.out ?? join(root, 'demo-results', 'progress');
const example = (path) => join(root, 'examples', path);

const checkpoints = {
  epoch5: example('blood-cells-progress/bccd-yolov8n-epoch5.onnx'),
  epoch20: example('blood-cells-progress/bccd-yolov8n-epoch20.onnx'),
  final: example('blood-cells/bccd-yolov8n.onnx'),
};
const seed = 7;

process.exitCode = await demo().catch((error) => {
  process.stderr.write(`demo:progress: ${error.message}\n`);
  return 1;
});

async function demo() {
  await rm(target, { recursive: true, force: true });
  const images = await collectImages();
  say(`Explaining ${images.length} labeled images with three checkpoints of one training.`);
  const sharpImages = join(target, 'data', 'images');
  for (const [name, model] of Object.entries(checkpoints)) await explain(model, sharpImages, name);
  const progress = await compare('epoch5', 'epoch20', 'final');

  const dim = await blurAndDarken(images);
  say('Explaining the same images, blurred and darkened.');
  await explain(checkpoints.final, dim, 'blurred');
  const drift = await compare('final', 'blurred');

  for (const { title, page } of [progress, drift]) {
    say(`\n${title.text}\n  ${relative(process.cwd(), page)}`);
  }
  return 0;
}

/** Copies the images and labels of both examples side by side. Returns their names. */
async function collectImages() {
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
async function blurAndDarken(names) {
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

async function explain(model, images, name) {
  const args = ['run', '--model', model, '--images', images, '--name', name, '--quiet', '--json'];
  await eigenfleet([...args, '--out', join(target, 'results')]);
}

/** Returns the comparison with the path of its page. */
async function compare(...runs) {
  const args = ['compare', ...runs, '--out', join(target, 'results'), '--quiet', '--json'];
  return JSON.parse(await eigenfleet(args));
}

async function eigenfleet(args) {
  const child = spawn(process.execPath, [join(root, 'bin/eigenfleet.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`eigenfleet ${args[0]} ended with ${code}.`);
  return Buffer.concat(chunks).toString();
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
