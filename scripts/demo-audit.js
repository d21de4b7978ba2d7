#!/usr/bin/env node
// An audit that runs by itself, three nights in a minute: images of blood cells come to a folder, and each night those that are new are explained and held against what passed before. What
// comes before the third night is blurred and dark. No server, no network; the clock is this script's, the rest what "audit sync" and a coordinator do.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { mulberry32 } from '../dist/src/shared/statistics/mulberry32.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = 'blood-cells';
const zone = 'Europe/Berlin';
const newImages = [20, 14, 14];
const lastNight = newImages.length - 1;
/** 02:30 in Berlin; the audit is made the evening before. */
const firstNight = Date.parse('2026-11-24T01:30:00Z');
const dayMs = 86_400_000;
const seed = 7;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  process.exitCode = await demoAudit({ target: values.out }).catch((error) => {
    process.stderr.write(`demo:audit: ${error.message}\n`);
    return 1;
  });
}

/**
 * Runs the three nights.
 *
 * @param target folder for images, results and nights; what is there is deleted
 * @param model ONNX file
 * @param counts images that are new on each night
 * @param rules of the audit, as in its file
 * @param options of its runs, as lines of its file: `imgsz: 64`
 * @param say called with each line for people
 * @returns 0
 */
export async function demoAudit({
  target = join(root, 'demo-results', 'audit'),
  model = join(root, 'examples/blood-cells/bccd-yolov8n.onnx'),
  counts = newImages,
  rules = ['failed <= 0', 'recall >= 0.65', 'drift: none'],
  options = [],
  say = (line) => process.stdout.write(`${line}\n`),
}) {
  await rm(target, { recursive: true, force: true });
  const clock = { time: firstNight - 8 * 3_600_000, now: () => new Date(clock.time) };
  const night = await keptAudit(target, clock, [
    ...['images: data/images', `model: ${model}`, 'out: results', 'baseline: previous'],
    ...['rules:', ...rules.map((rule) => `  - ${rule}`)],
    ...['cron: "30 2 * * *"', `timeZone: ${zone}`],
    ...(options.length > 0 ? ['options:', ...options.map((line) => `  ${line}`)] : []),
  ]);
  say(`Audit ${name}: each night at 02:30 in ${zone}. Its rules: ${rules.join(', ')}.`);
  const random = mulberry32(seed);
  const pool = shuffled(await labeledImages(), random);
  for (const [n, count] of counts.entries()) {
    const isDim = n === lastNight;
    for (const image of pool.splice(0, count)) await bring(image, target, isDim && random);
    clock.time = firstNight + n * dayMs;
    say(
      `\n${printed(clock.now())}: ${count} images came${isDim ? ', blurred and dark' : ''}. Explaining them.`,
    );
    for (const line of nightLines(await night())) say(`  ${line}`);
  }
  say('\nThe nights as a page, with their reports behind it:');
  say(`open: ${relative(process.cwd(), join(target, 'audits', name, 'trend.html'))}`);
  return 0;
}

/** Adds the audit to a home of its own. Returns what a coordinator does when it looks at it: whatever is due by the clock, here in this process. */
async function keptAudit(target, clock, lines) {
  const [{ takeTurn }, { NightCache }, { afterNight, nightEnds }, { localNight }] = await sources(
    ...['audit/night/audit-turn', 'audit/night/night-cache'],
    ...['audit/night-ends', 'local/local-night'],
  );
  const [{ syncAudits }, { readAuditFiles }, { readAudit }] = await sources(
    ...['audit/home/sync-audits', 'audit/file/read-audit-files', 'audit/home/stored-audits'],
  );
  const [{ openStore }, { patientStores }, { AllowedPlaces }] = await sources(
    ...['shared/storage/open-store', 'local/storage-patience', 'shared/storage/allowed-places'],
  );
  await mkdir(target, { recursive: true });
  await writeFile(join(target, `${name}.yaml`), `${lines.join('\n')}\n`);
  const home = openStore(join(target, 'audits'));
  const files = await readAuditFiles(target, { storage: {}, now: clock.now() });
  const [step] = await syncAudits(home, files, { now: clock.now(), only: false });
  if (step.sentence !== undefined) throw new Error(step.sentence);

  const { signal } = new AbortController();
  const note = () => {};
  const warn = (line) => process.stderr.write(`${line}\n`);
  const stores = patientStores({ settings: {}, note, signal });
  const everywhere = new AllowedPlaces(undefined);
  const own = { clock, home, signal, note, warn, stores, homeUri: home.uri, storage: {} };
  const places = { ins: everywhere, outs: everywhere };
  const open = (uri) => stores.open(uri);
  const common = { ...own, places, openStore: open, openSource: open, allowInternal: false };
  const ports = { ...common, ...nightEnds(common), ...localNight(common) };
  return async () => {
    const stored = await readAudit(home, name);
    const nights = new NightCache(home);
    const settled = (audit, all) => afterNight(audit, all, common);
    const step = await takeTurn(stored, { ...ports, worker: 'demo', nights, settled });
    if (step?.status !== 'settled') throw new Error('the night did not end');
    return step.night;
  };
}

function sources(...names) {
  return Promise.all(names.map((path) => import(`../dist/src/${path}.js`)));
}

function nightLines({ images, verdict, error, baseline, figures = {} }) {
  if (verdict === undefined) return [error?.sentence ?? 'It had no verdict.'];
  const words = { pass: 'PASSED', fail: 'FAILED', unknown: 'COULD NOT TELL' };
  const { explained, carried, total } = images;
  const { recall } = figures;
  return [
    `${total} images: ${explained} explained, ${carried} carried over.`,
    `${words[verdict.outcome]}: ${verdict.sentence}`,
    ...(typeof recall === 'number' ? [`Recall ${recall.toFixed(3)}.`] : []),
    ...(baseline === undefined ? [] : [`Held against run ${baseline}.`]),
  ];
}

/** Night and date in the zone of the audit. */
function printed(time) {
  return time.toLocaleString('en-GB', { timeZone: zone, dateStyle: 'full', timeStyle: 'short' });
}

/** The images of both examples with their labels, in the order of their names. */
async function labeledImages() {
  const parts = ['blood-cells/%/test', 'blood-cells-progress/%/val'];
  const found = [];
  for (const part of parts) {
    const [images, labels] = ['images', 'labels'].map((kind) =>
      join(root, 'examples', part.replace('%', kind)),
    );
    for (const file of await readdir(images)) {
      const label = `${basename(file, '.jpg')}.txt`;
      found.push({ file, label, image: join(images, file), labels: join(labels, label) });
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Puts an image and its labels into the folder of the audit; dim: as a lens out of focus sees it by less light, the same in every run of the demo. */
async function bring({ file, label, image, labels }, target, random) {
  const [images, texts] = ['images', 'labels'].map((kind) => join(target, 'data', kind));
  for (const folder of [images, texts]) await mkdir(folder, { recursive: true });
  await copyFile(labels, join(texts, label));
  if (random === false) return copyFile(image, join(images, file));
  const sigma = 2.5 + random();
  const light = 0.5 + 0.1 * random();
  const dim = sharp(image).blur(sigma).linear(light, 0).jpeg({ quality: 92 });
  return dim.toFile(join(images, file));
}

/** Images whose names are near each other are alike: each night gets a mix, so that only what is done to the third one's is drift. */
function shuffled(found, random) {
  const keyed = found.map((one) => [random(), one]);
  return keyed.sort(([a], [b]) => a - b).map(([, one]) => one);
}
