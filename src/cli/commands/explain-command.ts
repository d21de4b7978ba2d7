import { basename } from 'node:path';
import type { Command } from 'commander';
import { ImageLabels } from '../../local/image-labels.ts';
import { planExplainer } from '../../local/plan-explainer.ts';
import { readImage } from '../../local/read-image.ts';
import { startExplainer } from '../../local/start-explainer.ts';
import type { LoadedModel } from '../../model/yolo/load-model.ts';
import { exitCodes } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { RunSettings, SettingName } from '../../shared/settings/run-settings.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Explainer } from '../../worker/explain/explainer.ts';
import { StageTimer } from '../../worker/explain/stage-timer.ts';
import { drawFigure } from '../explain/explain-figure.ts';
import { figureNames, figurePlace, makeOutFolder, writeFigure } from '../explain/explain-files.ts';
import { explainedDocument, explainedText } from '../explain/explain-text.ts';
import { addRunOptions, parseRunOptions } from '../options/run-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { oneLine } from '../terminal/screen-text.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description(
      'one figure per image: input, heatmap of each layer, class evidence, boxes, numbers',
    )
    .argument('<image...>', 'image files, also s3://...')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet explain photo.jpg --model best.onnx
  eigenfleet explain a.jpg b.jpg --model best.onnx --layers 15,18,21 --out figures
  eigenfleet explain photo.jpg --model best.onnx --components 1,8,9,10
  eigenfleet explain photo.jpg --model best.onnx --classes RBC,WBC

Components are counted from 1. A component is a shared pattern of a layer, not a class.
Class evidence is where the model scores a class: its own score, not a cause.`,
    )
    .action(async (images: string[], options: Record<string, unknown>) => {
      process.exitCode = await explain(images, await parseRunOptions(options));
    });
  addRunOptions(command, explainSettings, {
    maxPixels: { help: 'images with more pixels are not explained' },
    out: { help: 'where figures go; also s3://...', standard: 'explained' },
    json: { help: 'print one JSON document per image and line' },
  });
}

const explainSettings: readonly SettingName[] = [
  ...(['model', 'export', 'task', 'names', 'imgsz', 'labels', 'maxPixels'] as const),
  ...(['prepare', 'scale', 'mean', 'std', 'channelOrder'] as const),
  ...([
    'layers',
    'components',
    'boxMaps',
    'fusion',
    'sign',
    'padding',
    'parity',
    'resize',
    'classes',
    'basis',
  ] as const),
  ...(['conf', 'iou', 'maxDet', 'allScores', 'out', 'colors', 'device', 'threads'] as const),
  ...(['s3Endpoint', 's3Region', 'json', 'quiet'] as const),
];

async function explain(paths: readonly string[], settings: RunSettings): Promise<number> {
  const { quiet = false, json = false, out = 'explained' } = settings;
  const terminal = openTerminal({ quiet, json });
  const { note, warn } = terminal;
  const plan = await planExplainer({ settings, imageCount: paths.length, note, warn });
  const { loaded, options } = plan;
  const labels = new ImageLabels({ settings, plan, warn });
  await makeOutFolder(out);
  return interruptible(terminal, async (signal) => {
    const explainer = await startExplainer({
      ...{ ...plan, note },
      // One after the other, so that all threads work on each.
      images: 1,
      ownsThread: true,
    });
    try {
      const all = { loaded, options, explainer, terminal, json, storage: settings, labels };
      return await explainAll(paths, out, all, signal);
    } finally {
      await explainer.close();
    }
  });
}

async function explainAll(
  paths: readonly string[],
  out: string,
  all: Omit<OneImage, 'path' | 'figure'>,
  signal: AbortSignal,
): Promise<number> {
  const figures = figureNames(paths).map((name) => figurePlace(out, name));
  let failures = 0;
  for (const [index, path] of paths.entries()) {
    if (signal.aborted) return exitCodes.interrupted;
    if (!(await explainOne({ ...all, path, figure: figures[index] ?? '' }))) failures += 1;
  }
  return failures === 0 ? 0 : exitCodes.dataset;
}

interface OneImage {
  readonly path: string;
  readonly figure: string;
  readonly loaded: LoadedModel;
  readonly options: ExplainOptions;
  readonly explainer: Explainer;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly storage: StoreOptions;
  readonly labels: ImageLabels;
}

/** Explains one image; false, with a sentence, when that is not possible. */
async function explainOne(one: OneImage): Promise<boolean> {
  const { path, figure, loaded, options, explainer, terminal, json, storage } = one;
  const read = await readImage(path, storage);
  if (read.status !== 'success') return failed(one, read.status, read.reason);
  const { bytes } = read;
  const labels = await one.labels.read(path);
  const sample = await explainer.explain(bytes, new StageTimer(), labels);
  if (sample.status !== 'success') return failed(one, sample.status, sample.reason);
  const { description, classNames } = loaded.model;
  const facts = {
    title: basename(path),
    subtitle: description,
    bytes,
    sample,
    options,
    classNames,
  };
  const drawn = await drawFigure(facts);
  if (drawn.status === 'success') await writeFigure(figure, drawn.png, storage);
  else terminal.warn(`${oneLine(path)} has no figure: ${oneLine(drawn.reason)}.`);
  const place = drawn.status === 'success' ? { figure } : {};
  const words = { path, ...place, sample, options, classNames };
  terminal.print(json ? JSON.stringify(explainedDocument(words)) : explainedText(words));
  return true;
}

function failed({ path, terminal, json }: OneImage, status: string, reason: string): boolean {
  if (json) terminal.print(JSON.stringify({ schema: 'explained@1', image: path, status, reason }));
  else terminal.warn(`${oneLine(path)} was not explained: ${oneLine(reason)}.`);
  return false;
}
