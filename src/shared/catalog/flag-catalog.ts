import type { FlagName } from '../run/sample-row.ts';
import type { RankingOrder } from '../statistics/exemplars.ts';

/**
 * How the exemplars of a flag are ranked: the worst first. The value of an exemplar is the measure behind its flag
 * (`flagValue` in the worker); flags without a degree rank by the hash of the key, which spreads them over the dataset.
 */
export const flagRanking: Readonly<Record<FlagName, RankingOrder>> = {
  'blank-map': 'lowest',
  diffuse: 'highest',
  'off-object': 'lowest',
  'border-focus': 'highest',
  'uncertain-sign': 'lowest',
  'not-converged': 'highest',
  'no-detection': 'lowest',
};
