import type { FlagThresholds } from '../catalog/flag-thresholds.ts';
import type { ExplainOptions, OverlayPlan } from '../run/run-spec.ts';
import type { SettingValue } from './setting-values.ts';

export type SettingGroup =
  | 'Input'
  | 'Explaining'
  | 'Detections'
  | 'Results'
  | 'Rules'
  | 'Execution'
  | 'Output';

/** An option of run.json by its path: `fusion`, `flags.signMargin`. */
export type OptionPath = Exclude<keyof ExplainOptions, 'flags'> | `flags.${keyof FlagThresholds}`;

export type OptionValue<Path extends OptionPath = OptionPath> =
  Path extends `flags.${infer Threshold extends keyof FlagThresholds}`
    ? FlagThresholds[Threshold]
    : Path extends keyof ExplainOptions
      ? ExplainOptions[Path]
      : never;

/** How a setting changes results: the option of run.json that it decides. It enters the run's id, and `--run` cannot contradict it. */
export interface Decision {
  readonly option: OptionPath;
  /** The default, by the number of images. `undefined`: the model decides. */
  readonly standardFor: (imageCount: number) => OptionValue | undefined;
  /** The value that is not written into run.json: runs of before there was the option have it. */
  readonly absent?: OptionValue;
  /** The default with `--parity`. */
  readonly parity?: OptionValue;
}

/** One setting of a run, as a flag or in a config file. */
export interface Setting<Output = unknown> extends SettingValue<Output> {
  readonly group: SettingGroup;
  /** The argument shown after the flag in the help; a setting without one is a switch. */
  readonly argument?: string;
  readonly help: string;
  /** The default, in words for the help. */
  readonly standard?: string;
  /** Only of settings that change results. */
  readonly decides?: Decision;
  /** The flag may be repeated. */
  readonly repeatable?: true;
  /** `--no-...` exists. */
  readonly negatable?: true;
  readonly short?: string;
  /** An older name, still accepted as a flag and in config files. */
  readonly formerly?: string;
}

export type SettingDetails = Omit<Setting, 'schema' | 'expected' | 'group'>;

/** The help shows the decision's default where a setting has no words for it. */
export function setting<Output>(
  group: SettingGroup,
  { schema, expected }: SettingValue<Output>,
  details: SettingDetails,
): Setting<Output> {
  const standard = details.decides?.standardFor(0);
  const words = standard === undefined ? {} : { standard: asTyped(standard) };
  return { ...words, ...details, group, schema, expected };
}

/** A decision with the same default for every dataset. */
export function decides<Path extends OptionPath>(
  option: Path,
  standard: OptionValue<Path>,
  parity?: OptionValue<Path>,
): Decision {
  return { option, standardFor: () => standard, ...(parity !== undefined && { parity }) };
}

/** An option's value as a person types it: `model.15,model.18`, `flagged,sample:200`, `on`. */
export function asTyped(value: OptionValue): string {
  if (value === undefined) return "the model's own";
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? overlaysAsTyped(value as OverlayPlan) : String(value);
}

function overlaysAsTyped({ all, flagged, sample }: OverlayPlan): string {
  if (all) return 'all';
  const words = [flagged ? 'flagged' : '', sample > 0 ? `sample:${sample}` : ''].filter(Boolean);
  return words.join(',') || 'none';
}

/** The value at a path of frozen options. */
export function optionAt(options: ExplainOptions, path: OptionPath): OptionValue {
  const [first, threshold] = path.split('.') as [keyof ExplainOptions, (keyof FlagThresholds)?];
  return threshold === undefined ? (options[first] as OptionValue) : options.flags[threshold];
}
