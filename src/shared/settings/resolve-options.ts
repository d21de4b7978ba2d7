import { EigenfleetError } from '../errors.ts';
import { type ExplainOptions, explainOptionsSchema } from '../run/run-spec.ts';
import { decisions, type RunSettings } from './run-settings.ts';

/** How a run is processed; changes no results. */
export interface ExecutionOptions {
  readonly device: string;
  /** The device decides when absent. */
  readonly batch?: number;
  /** What this process may use when absent. */
  readonly threads?: number;
}

export interface ResolveRequest {
  readonly settings: RunSettings;
  /** Images of the dataset: the defaults of the overlays and of the shards depend on it. */
  readonly imageCount: number;
  /** Modules that `settings.layers` names in this model, or the default ones, in graph order. */
  readonly targetLayers: readonly string[];
  /** sha256 of the file that `settings.basis` names. */
  readonly basis?: string | undefined;
}

export interface ResolvedOptions {
  readonly explain: ExplainOptions;
  readonly execution: ExecutionOptions;
}

/**
 * Fills in defaults. Those of detections are Ultralytics' `predict` (conf 0.25, iou 0.7, max_det 300).
 *
 * @throws EigenfleetError `usage` for settings that contradict each other.
 */
export function resolveOptions(request: ResolveRequest): ResolvedOptions {
  const { settings } = request;
  checkContradictions(settings);
  const { device = 'auto', batch, threads } = settings;
  return {
    explain: explainOptionsSchema.parse(frozenOptions(request)),
    execution: {
      device,
      ...(batch === undefined ? {} : { batch }),
      ...(threads === undefined ? {} : { threads }),
    },
  };
}

const sets = ['targetLayers', 'components'];

/** The value of each setting that changes results. Some lists are sets: each item once, in the order given. */
function frozenOptions({ settings, imageCount, targetLayers, basis }: ResolveRequest): unknown {
  const found = { targetLayers, basis };
  const options: Record<string, unknown> = {};
  const flags: Record<string, unknown> = {};
  for (const [name, { option, standardFor, parity, absent }] of decisions) {
    const standard = (settings.parity ? parity : undefined) ?? standardFor(imageCount);
    const value =
      option in found ? found[option as keyof typeof found] : (settings[name] ?? standard);
    const [first = '', threshold] = option.split('.');
    // Absent: the model decides, or what every run had before there was the option.
    if (value === undefined || value === absent) continue;
    if (threshold !== undefined) flags[threshold] = value;
    else options[first] = sets.includes(first) ? unique(value) : value;
  }
  return { ...options, flags };
}

function unique(value: unknown): unknown {
  return Array.isArray(value) ? [...new Set(value)] : value;
}

/**
 * Refuses settings that contradict each other.
 *
 * @throws EigenfleetError `usage`
 */
export function checkContradictions(settings: RunSettings): void {
  const { parity, padding, fusion, resize } = settings;
  if (parity && padding === 'exclude') throw contradiction('--parity', '--padding exclude');
  if (parity && fusion !== undefined && fusion !== 'mean') {
    throw contradiction('--parity', `--fusion ${fusion}`);
  }
  if (parity && resize === 'fast') throw contradiction('--parity', '--resize fast');
  if (settings.run !== undefined && settings.name !== undefined) {
    throw contradiction('--run', '--name', 'a continued run already has its name');
  }
  if (settings.run !== undefined && settings.newOnly) {
    throw contradiction('--run', '--new-only', 'a continued run has its images already');
  }
  if (settings.keep !== undefined && settings.name === undefined) {
    throw new EigenfleetError('usage', '--keep is about the runs of a name: add --name.');
  }
  if (settings.dryRun && settings.open) {
    throw contradiction('--dry-run', '--open', 'a dry run makes no report');
  }
  if (settings.dryRun && settings.export) {
    throw contradiction('--dry-run', '--export', 'a dry run writes nothing');
  }
}

function contradiction(
  one: string,
  other: string,
  why = 'other tools include the padding, take the mean and resize exactly',
): EigenfleetError {
  return new EigenfleetError('usage', `${one} contradicts ${other}: ${why}. Drop one of them.`);
}
