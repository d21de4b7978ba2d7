import { defaultOut } from '../../shared/settings/run-settings.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { compareRuns } from '../../verdict/compare/compare-runs.ts';
import { type ComparedRun, openComparedRun } from '../../verdict/compare/compared-run.ts';
import type { Comparison } from '../../verdict/compare/comparison.ts';
import { writeComparison } from '../../verdict/page/write-comparison.ts';

export interface CompareRunsOptions extends StoreOptions {
  /** Where names and ids are looked up: a folder or `s3://bucket/prefix`. Default `eigenfleet-results`, as of the command line. */
  readonly out?: string;
  /** Whether page, JSON and Markdown are written to `comparisons/<id>/` in the results of the last run. */
  readonly write?: boolean;
  /** Ends the work between two row groups. */
  readonly signal?: AbortSignal;
}

/** See `compareRuns` in `library.ts`. */
export async function compareNamedRuns(
  references: readonly string[],
  { out = defaultOut, write = false, signal, ...storage }: CompareRunsOptions,
): Promise<Comparison> {
  const runs: ComparedRun[] = [];
  for (const reference of references) {
    runs.push(await openComparedRun(reference, { out, ...storage }));
  }
  const comparison = await compareRuns(runs, { ...(signal && { signal }) });
  const last = runs.at(-1);
  if (write && last) await writeComparison({ comparison, runs, store: last.store, storage });
  return comparison;
}
