import type { Summary } from './summary/summary-schema.ts';

/**
 * What a closed run lacks: `incomplete` where a part of it is missing, `dataset` where no image could be explained. Missing shards come first: where all shards failed,
 * nothing was explained either, and the images are not to blame.
 */
export function closingFault(summary: Summary): 'incomplete' | 'dataset' | undefined {
  const { failedShards, unreadable, setAside, manifestFault, counts } = summary;
  const faults = [unreadable, setAside, manifestFault].some((fault) => fault !== undefined);
  if (failedShards.length > 0 || faults) return 'incomplete';
  return counts.explained === 0 ? 'dataset' : undefined;
}
