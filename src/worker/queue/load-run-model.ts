import { type LoadedModel, loadModel } from '../../model/yolo/load-model.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';

/**
 * Loads the model of a run from a local file, as run.json has it. Throws `EigenfleetError('model')` when the file is another model than
 * the run was planned with: its results would be mixed with those of the right one.
 */
export async function loadRunModel(
  path: string,
  { model, targetLayers, runId }: Pick<RunSpec, 'model' | 'targetLayers' | 'runId'>,
): Promise<LoadedModel> {
  const { task, classNames, inputHeight, inputWidth, rectStride } = model;
  const { preparation: prepare = traitsOf(task).preparation } = model;
  const size = { imgsz: [inputHeight, inputWidth], rect: rectStride !== undefined } as const;
  const names = classNames.length > 0 ? { names: classNames } : {};
  const loaded = await loadModel(path, {
    overrides: { task, prepare, ...size, ...names },
    layers: targetLayers.map(({ tensor }) => tensor),
  });
  if (loaded.sha256 === model.sha256) return loaded;
  throw new EigenfleetError(
    'model',
    `${path} is not the model of run ${runId} (sha256 ${loaded.sha256.slice(0, 12)} instead of ${model.sha256.slice(0, 12)}): plan the run again.`,
  );
}
