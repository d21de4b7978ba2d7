import { EigenfleetError } from '../../shared/errors.ts';
import type { ModelSpec, RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { type ModelRequest, type OpenedModel, openModel } from '../model/open-model.ts';

/** Characters of a list of class names in a sentence. */
const mostNameCharacters = 60;

/**
 * Opens the model of a run that is continued, read as it was when the run was planned: what the command says otherwise is for `inputClauses`.
 *
 * @throws EigenfleetError `usage` where the command names a model that cannot be read so, and what `openModel` throws.
 */
export async function openAsPlanned(
  request: Omit<ModelRequest, 'model' | 'layers' | 'classNames'>,
  spec: RunSpec,
): Promise<OpenedModel> {
  const { settings } = request;
  const { model = spec.model.uri } = settings;
  const layers = settings.layers ?? spec.targetLayers.map(({ tensor }) => tensor);
  const { imgsz, rect, ...fixed } = inputOf(spec.model);
  const planned = { ...request, settings: { imgsz, rect, ...settings, ...fixed } };
  try {
    return await openModel({ ...planned, model, layers });
  } catch (error) {
    const isOther = settings.model !== undefined && error instanceof EigenfleetError;
    if (!isOther) throw error;
    const { message, code } = error;
    const reason = `Run ${spec.runId} was planned with ${spec.model.uri}, and ${model} cannot continue it: ${message}`;
    throw new EigenfleetError(code, reason, { cause: error });
  }
}

/** What `--task`, `--names`, `--prepare`, `--imgsz` and `--rect` decide, as the run has it. */
function inputOf(model: ModelSpec) {
  const { task, classNames, inputHeight, inputWidth, rectStride } = model;
  const { preparation: prepare = traitsOf(task).preparation } = model;
  const imgsz: [number, number] = [inputHeight, inputWidth];
  const names = classNames.length > 0 ? [...classNames] : undefined;
  return { task, prepare, imgsz, rect: rectStride !== undefined, ...(names && { names }) };
}

/** Returns how the command reads the model otherwise than the run: one clause for each setting. `now`: as `openAsPlanned` opened it. */
export function inputClauses(
  { model: then }: RunSpec,
  settings: RunSettings,
  now: ModelSpec,
): string[] {
  if (now.sha256 !== then.sha256) return [];
  const word = (rectStride: number | undefined) => (rectStride === undefined ? 'off' : 'on');
  const size = (one: ModelSpec) => `${one.inputHeight}x${one.inputWidth}`;
  const { task, prepare, names = [] } = inputOf(then);
  const pairs: [setting: string, now: string, then: string][] = [
    ['task', settings.task ?? task, task],
    ['names', listOf(settings.names ?? names), listOf(names)],
    ['prepare', settings.prepare ?? prepare, prepare],
    ['imgsz', size(now), size(then)],
    ['rect', word(now.rectStride), word(then.rectStride)],
  ];
  return pairs
    .filter(([, said, had]) => said !== had)
    .map(([setting, said, had]) => `--${setting} is ${cut(said)}, the run has ${cut(had)}`);
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(',');
}

function cut(text: string): string {
  return text.length <= mostNameCharacters ? text : `${text.slice(0, mostNameCharacters)}...`;
}
