import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { irregularity } from '../../shared/host/regular-file.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import type { AllowedPlaces } from '../../shared/storage/allowed-places.ts';
import { exportCommand, runYoloExport } from './yolo-export.ts';

export interface ModelSourceOptions {
  /** Runs the person's own `yolo export` once when there is no ONNX file; absent where a command has no --export. */
  readonly exportIfMissing?: boolean;
  /** The option that names the model, for sentences; --model when absent. */
  readonly named?: string;
  /** Where a model may be read from; anywhere when absent. */
  readonly ins?: AllowedPlaces | undefined;
  /** Output of `yolo`, as it arrives. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface ModelSource {
  /** Absolute. */
  readonly onnxPath: string;
  /** Sentences for people. */
  readonly warnings: readonly string[];
}

const otherExports: Readonly<Record<string, string>> = {
  engine: 'a TensorRT engine',
  torchscript: 'a TorchScript model',
  tflite: 'a TensorFlow Lite model',
  pb: 'a TensorFlow model',
  mlpackage: 'a Core ML model',
  mlmodel: 'a Core ML model',
  mnn: 'an MNN model',
  param: 'an NCNN model',
  xml: 'an OpenVINO model',
};

/**
 * Finds the ONNX file that a person means: an `.onnx`, the sibling of a `.pt`, or the best (else last) export of a training folder.
 *
 * @throws EigenfleetError `model` when there is none; the message has the export command where there is something to export.
 */
export async function resolveModelSource(
  source: string,
  options: ModelSourceOptions = {},
): Promise<ModelSource> {
  const file = path.resolve(source);
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new EigenfleetError('model', `The model ${file} cannot be opened (${messageOf(error)}).`);
  });
  const extension = path.extname(file).slice(1).toLowerCase();
  const { named = '--model' } = options;
  if (info === undefined) throw await nothingThere(file, named);
  const reason = irregularity(info);
  if (reason !== undefined) {
    throw new EigenfleetError('model', `${file} is not a model: ${reason}. Check ${named}.`);
  }
  const other = otherExports[extension];
  if (other !== undefined) {
    throw new EigenfleetError(
      'model',
      `${file} is ${other}; eigenfleet reads ONNX. Export the .pt it was made from: ${exportCommand('<model>.pt')}.`,
    );
  }
  if (info.isDirectory()) return resolveFolder(file, options);
  if (extension === 'onnx') return { onnxPath: file, warnings: [] };
  if (extension === 'pt') return resolveCheckpoint(file, options);
  throw new EigenfleetError(
    'model',
    `${file} is not a model format that eigenfleet reads. ${named} takes an .onnx, a .pt with its .onnx beside it, or a training folder such as runs/detect/train.`,
  );
}

/** `best` before `last`; its export before that of a checkpoint which has none. */
async function resolveFolder(folder: string, options: ModelSourceOptions): Promise<ModelSource> {
  const { named = '--model' } = options;
  const weights = await weightsFolder(folder);
  const best = path.join(weights, 'best.pt');
  const last = path.join(weights, 'last.pt');
  const hasBest = (await timeOf(best)) !== undefined;
  if ((await timeOf(onnxBeside(best))) !== undefined) return resolveCheckpoint(best, options);
  if (hasBest && options.exportIfMissing) return resolveCheckpoint(best, options);
  if ((await timeOf(onnxBeside(last))) !== undefined) {
    const found = await resolveCheckpoint(last, options);
    if (!hasBest) return found;
    const warning = `${best} has no export, so last.onnx is used. To use best: ${exportCommand(best)}.`;
    return { ...found, warnings: [warning, ...found.warnings] };
  }
  if (hasBest) return resolveCheckpoint(best, options);
  if ((await timeOf(last)) !== undefined) return resolveCheckpoint(last, options);
  const onnx = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.onnx'));
  throw new EigenfleetError(
    'model',
    onnx.length === 0
      ? `${folder} is not a training folder: it has no weights/best.onnx, best.pt, last.onnx or last.pt. Give ${named} an .onnx file.`
      : `${folder} is not a training folder, but holds ${onnx.sort().slice(0, 5).join(', ')}. Give ${named} one of these files.`,
  );
}

async function resolveCheckpoint(
  checkpoint: string,
  options: ModelSourceOptions,
): Promise<ModelSource> {
  const onnxPath = onnxBeside(checkpoint);
  const exported = await timeOf(onnxPath);
  if (exported !== undefined) {
    const trained = await timeOf(checkpoint);
    if (trained === undefined || trained <= exported) return { onnxPath, warnings: [] };
    const warning = `${onnxPath} is older than ${path.basename(checkpoint)}: it may show an earlier training. To renew it: ${exportCommand(checkpoint)}.`;
    return { onnxPath, warnings: [warning] };
  }
  if (!options.exportIfMissing) {
    const orFlag =
      options.exportIfMissing === undefined ? '' : ', or add --export to let eigenfleet run that';
    throw new EigenfleetError(
      'model',
      `${checkpoint} has no ${path.basename(onnxPath)} beside it. Export it with: ${exportCommand(checkpoint)}${orFlag}.`,
    );
  }
  await runYoloExport(checkpoint, options);
  if ((await timeOf(onnxPath)) === undefined) {
    throw new EigenfleetError(
      'model',
      `yolo export ended without an error but left no ${onnxPath}. Run it yourself: ${exportCommand(checkpoint)}.`,
    );
  }
  return { onnxPath, warnings: [] };
}

/** `runs/detect/train` keeps its checkpoints in `weights/`. */
async function weightsFolder(folder: string): Promise<string> {
  const weights = path.join(folder, 'weights');
  return stat(weights).then(
    (info) => (info.isDirectory() ? weights : folder),
    () => folder,
  );
}

function onnxBeside(checkpoint: string): string {
  const { dir, name } = path.parse(checkpoint);
  return path.join(dir, `${name}.onnx`);
}

/** When a file was last changed, in milliseconds; `undefined` when there is none. */
async function timeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    (info) => (info.isFile() ? info.mtimeMs : undefined),
    () => undefined,
  );
}

async function nothingThere(file: string, named: string): Promise<EigenfleetError> {
  const names = await readdir(path.dirname(file)).catch(() => undefined);
  if (names === undefined) {
    return new EigenfleetError(
      'model',
      `There is no model at ${file}: the folder ${path.dirname(file)} does not exist either. Check ${named}.`,
    );
  }
  const near = nearNames(path.basename(file), names);
  const hint = near.length === 0 ? `Check ${named}.` : `Did you mean ${near.join(' or ')}?`;
  return new EigenfleetError('model', `There is no model at ${file}. ${hint}`);
}
