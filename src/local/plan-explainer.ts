import { assertBasisOptions } from '../model/basis/basis-for-model.ts';
import { boxMapsWarning } from '../model/box-maps/box-map-plan.ts';
import { assertComponents } from '../model/eigen-cam/component-limit.ts';
import { evidenceWarning } from '../model/evidence/evidence-plan.ts';
import { assertAllScores } from '../model/head/all-scores.ts';
import { assertPreprocessing } from '../model/session/preprocessing.ts';
import type { LoadedModel } from '../model/yolo/load-model.ts';
import { openBasis } from '../producer/model/open-basis.ts';
import { openModel } from '../producer/model/open-model.ts';
import { modelSpecOf, targetLayersOf } from '../producer/plan/model-spec.ts';
import { EigenfleetError } from '../shared/errors.ts';
import { type ExecutionOptions, resolveOptions } from '../shared/settings/resolve-options.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import type { Notices } from '../shared/telemetry/notices.ts';
import type { ExplainerSettings } from '../worker/explain/explainer.ts';

export interface ExplainerRequest extends Notices {
  readonly settings: RunSettings;
  /** Approximate number of images to explain. */
  readonly imageCount: number;
}

/** What an explainer starts with, except the device. */
export interface ExplainerPlan extends ExplainerSettings {
  readonly loaded: LoadedModel;
  readonly execution: ExecutionOptions;
}

/**
 * Opens the model that the settings name, and resolves how to explain single images with it.
 *
 * @throws EigenfleetError `model` for the file, `usage` for settings that do not fit it.
 */
export async function planExplainer(request: ExplainerRequest): Promise<ExplainerPlan> {
  const { settings, imageCount, note, warn } = request;
  const { model, layers } = settings;
  if (model === undefined) {
    throw new EigenfleetError('usage', 'Which model? Give it with --model best.onnx.');
  }
  const { loaded } = await openModel({ model, layers, settings, note, warn });
  const targetLayers = targetLayersOf(loaded);
  const names = targetLayers.map(({ name }) => name);
  const basis = await openBasis(settings, loaded, { warn });
  const resolved = resolveOptions({
    ...{ settings, imageCount, targetLayers: names },
    basis: basis?.sha256,
  });
  const { execution } = resolved;
  // A single image has no average precision.
  const { candidates: _, ...options } = resolved.explain;
  assertComponents(options.components, targetLayers);
  assertPreprocessing(options, loaded);
  assertAllScores(options, loaded);
  for (const warning of [
    evidenceWarning(loaded, options),
    boxMapsWarning(loaded, settings.boxMaps),
  ]) {
    if (warning !== undefined) warn(warning);
  }
  if (basis !== undefined) assertBasisOptions(options, basis.description);
  const projected = { ...loaded, basis: basis?.layers };
  return {
    ...{ loaded: projected, targetLayers, options, execution },
    model: modelSpecOf(loaded),
    basis: basis?.description,
  };
}
