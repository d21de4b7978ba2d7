/** Shares, and averages of shares: from 0 to 1. */
const shares: readonly string[] = [
  ...['precision', 'recall', 'f1', 'map50', 'map50_95', 'best_threshold', 'best_f1', 'ap_above'],
  ...['mask_map50', 'mask_map50_95', 'pose_map50', 'pose_map50_95', 'ap50', 'ap50_95'],
  ...['top1', 'top5', 'background_lit', 'background_evidence', 'pointed', 'relevance_rank'],
  ...['looked_at_misses', 'median_confidence'],
];

/** The share of the attainable, (E - a) / (1 - a): at most 1, and below 0 where there is less than an even spread gives. */
const attainable = 'attainable';

/** Whether a figure, of whatever class or size, is a share, and at most 1. */
export function isShare(name: string): boolean {
  const base = baseOf(name);
  return base === attainable || shares.includes(base);
}

/** What a share, or the change of one, can be at least. */
export function leastShare(name: string, change: boolean): number {
  if (baseOf(name) === attainable) return Number.NEGATIVE_INFINITY;
  return change ? -1 : 0;
}

function baseOf(name: string): string {
  return name.split(/[.@]/)[0] ?? name;
}
