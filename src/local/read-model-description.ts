import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeOnnx } from '../model/onnx/onnx-file.ts';
import { findWeights } from '../model/runtime/model-weights.ts';
import { readModelFile } from '../model/yolo/load-model.ts';
import { describeModel, type ModelDescription } from '../model/yolo/model-description.ts';
import { locateModel } from '../producer/model/locate-model.ts';
import { overridesOf } from '../producer/model/open-model.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import type { Notices } from '../shared/telemetry/notices.ts';

export interface DescribedModel {
  readonly description: ModelDescription;
  /** Of the model's file. */
  readonly sha256: string;
}

/**
 * Reads a model file with its layers; loads it on no device.
 *
 * @param named what errors call the place where the model was named, such as `--model`
 * @throws EigenfleetError `model` for a file that cannot be read
 */
export async function readModelDescription(
  model: string,
  settings: RunSettings,
  { note, warn, named }: Notices & { readonly named: string },
): Promise<DescribedModel> {
  const { onnxPath, notes, warnings } = await locateModel(model, settings, { named });
  for (const sentence of notes) note(sentence);
  for (const warning of warnings) warn(warning);
  const bytes = await readModelFile(onnxPath);
  const name = basename(onnxPath);
  const { externalFiles } = decodeOnnx(bytes, name);
  const weights = await findWeights(onnxPath, externalFiles);
  const overrides = overridesOf(settings);
  const description = await describeModel(bytes, { name, overrides, ...weights });
  return { description, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What the advisor asks of a model: the layers that have a grid, and those that a run takes when nothing is said. */
export function rankableLayers({ layers }: ModelDescription): {
  readonly candidates: readonly string[];
  readonly defaults: readonly string[];
} {
  const withGrid = layers.filter(({ gridHeight }) => gridHeight !== undefined);
  return {
    candidates: withGrid.map(({ tensor }) => tensor),
    defaults: withGrid.filter(({ isDefault }) => isDefault).map(({ name }) => name),
  };
}
