import type { ExplainOptions, RunSpec } from '../run/run-spec.ts';
import { kebabOf, type RunSettings, type SettingName } from './run-settings.ts';

/** Which frozen option a setting decides. */
const decides: Partial<Record<SettingName, keyof ExplainOptions>> = {
  layers: 'targetLayers',
  components: 'components',
  fusion: 'fusion',
  sign: 'sign',
  padding: 'padding',
  conf: 'confThreshold',
  iou: 'iouThreshold',
  maxDet: 'maxDetections',
  resize: 'resize',
  overlays: 'overlays',
  colours: 'colourMap',
  maps: 'maps',
  shardSize: 'shardSize',
  maxPixels: 'maxPixels',
};

export interface ContradictionRequest {
  readonly spec: RunSpec;
  /** What was said; only this can contradict. */
  readonly settings: RunSettings;
  /** The settings resolved, as `resolveOptions` does. */
  readonly explain: ExplainOptions;
  readonly modelSha256: string;
  /** Digest of the images as they are now; left out when they were not listed. */
  readonly digest?: string;
}

/**
 * What keeps `--run ID` from continuing that run: one clause for each setting, model or dataset that differs from run.json.
 * Empty when nothing does.
 */
export function contradictionsOf(request: ContradictionRequest): string[] {
  const { spec, settings, explain } = request;
  const clauses: string[] = [];
  if (request.modelSha256 !== spec.model.sha256) {
    clauses.push(`the model is not the one of the run (${spec.model.uri})`);
  }
  if (request.digest !== undefined && request.digest !== spec.dataset.digest) {
    clauses.push(`the images of ${spec.dataset.source} have changed since, or are others`);
  }
  for (const [name, option] of Object.entries(decides)) {
    const said = settings[name as SettingName] !== undefined;
    if (!said && !(settings.parity && paritySettings.includes(name))) continue;
    const [now, then] = [explain[option], spec.options[option]].map(asTyped);
    const clause = said ? `--${kebabOf(name)} is` : `--parity sets ${kebabOf(name)} to`;
    if (now !== then) clauses.push(`${clause} ${now}, the run has ${then}`);
  }
  for (const [name, threshold] of flagSettings) {
    if (settings[name] === undefined) continue;
    const [now, then] = [explain.flags[threshold], spec.options.flags[threshold]];
    if (now !== then) clauses.push(`--${kebabOf(name)} is ${now}, the run has ${then}`);
  }
  return clauses;
}

/** A value as a person types it: `model.15,model.18`, `flagged,sample:200`. */
function asTyped(value: ExplainOptions[keyof ExplainOptions]): string {
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object' || !('sample' in value)) return String(value);
  const { all, flagged, sample } = value;
  if (all) return 'all';
  const words = [flagged ? 'flagged' : '', sample > 0 ? `sample:${sample}` : ''].filter(Boolean);
  return words.join(',') || 'none';
}

/** What `--parity` decides when the setting itself was not said. */
const paritySettings = ['fusion', 'padding', 'resize', 'colours'];

const flagSettings = [
  ['flagDiffuse', 'diffuseEntropy'],
  ['flagOffObject', 'offObjectLift'],
  ['flagBorder', 'borderLift'],
  ['flagSign', 'signMargin'],
] as const;
