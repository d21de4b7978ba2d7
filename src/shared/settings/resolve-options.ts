import { EigenfleetError } from '../errors.ts';
import { defaultFlagThresholds, type ExplainOptions, type OverlayPlan } from '../run/run-spec.ts';
import type { RunSettings } from './run-settings.ts';

/** How a run is worked off; changes no result. */
export interface ExecutionOptions {
  readonly device: string;
  /** The device decides when absent. */
  readonly batch?: number;
  /** What this process may use when absent. */
  readonly threads?: number;
}

export interface ResolveRequest {
  readonly settings: RunSettings;
  /** Images of the dataset: the default of the overlays depends on it. */
  readonly imageCount: number;
  /** Modules that `settings.layers` names in this model, or its default ones, in the order of the graph. */
  readonly targetLayers: readonly string[];
}

export interface ResolvedOptions {
  readonly explain: ExplainOptions;
  readonly execution: ExecutionOptions;
}

/**
 * Fills in what was not said. Defaults of the detections are Ultralytics' `predict` (conf 0.25, iou 0.7, max_det 300).
 *
 * @throws EigenfleetError `usage` for settings that contradict each other.
 */
export function resolveOptions(request: ResolveRequest): ResolvedOptions {
  const { settings, imageCount, targetLayers } = request;
  checkContradictions(settings);
  const { device = 'auto', batch, threads } = settings;
  return {
    explain: {
      targetLayers: [...new Set(targetLayers)],
      components: [...new Set(settings.components ?? [1])],
      fusion: settings.fusion ?? 'mean',
      sign: settings.sign ?? 'l2',
      padding: settings.padding ?? (settings.parity ? 'include' : 'exclude'),
      confThreshold: settings.conf ?? 0.25,
      iouThreshold: settings.iou ?? 0.7,
      maxDetections: settings.maxDet ?? 300,
      resize: settings.resize ?? 'exact',
      overlays: settings.overlays ?? defaultOverlays(imageCount),
      colourMap: settings.colours ?? (settings.parity ? 'jet' : 'heat'),
      maps: settings.maps ?? true,
      shardSize: settings.shardSize ?? 256,
      maxPixels: settings.maxPixels ?? 100_000_000,
      flags: {
        diffuseEntropy: settings.flagDiffuse ?? defaultFlagThresholds.diffuseEntropy,
        offObjectLift: settings.flagOffObject ?? defaultFlagThresholds.offObjectLift,
        borderLift: settings.flagBorder ?? defaultFlagThresholds.borderLift,
        signMargin: settings.flagSign ?? defaultFlagThresholds.signMargin,
      },
    },
    execution: {
      device,
      ...(batch === undefined ? {} : { batch }),
      ...(threads === undefined ? {} : { threads }),
    },
  };
}

/** All pictures of a small dataset; of a large one those that deserve a look, and a sample to compare them with. */
function defaultOverlays(imageCount: number): OverlayPlan {
  return imageCount <= 1000
    ? { all: true, flagged: false, sample: 0 }
    : { all: false, flagged: true, sample: 200 };
}

/**
 * Refuses settings of which one would have to be ignored.
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
    throw contradiction('--run', '--name', 'a run that is continued has its name already');
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
  return new EigenfleetError(
    'usage',
    `${one} contradicts ${other}: ${why}. Leave one of them out.`,
  );
}
