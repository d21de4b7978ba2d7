import type { Summary } from '../../report/summary/summary-schema.ts';
import { exitCodes } from '../../shared/errors.ts';

/**
 * Returns the exit code of a closed run. Missing shards come first: where all shards failed, nothing was explained either, and the images are not to
 * blame.
 */
export function closingCode(summary: Summary): number {
  const { failedShards, unreadable, setAside, manifestFault, counts } = summary;
  const faults = [unreadable, setAside, manifestFault].some((fault) => fault !== undefined);
  if (failedShards.length > 0 || faults) return exitCodes.incomplete;
  return counts.explained === 0 ? exitCodes.dataset : 0;
}
