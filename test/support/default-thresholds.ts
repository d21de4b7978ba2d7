import type { FlagThresholds } from '../../src/shared/catalog/flag-thresholds.ts';
import { resolveOptions } from '../../src/shared/settings/resolve-options.ts';

/** The thresholds of a run for which nobody said any. */
export const defaultFlagThresholds: FlagThresholds = resolveOptions({
  settings: {},
  imageCount: 1,
  targetLayers: ['model.15'],
}).explain.flags;
