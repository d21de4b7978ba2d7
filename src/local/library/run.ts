import type { Summary } from '../../report/summary/summary-schema.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SaidSettings } from '../../shared/settings/said-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import type { RunProgress } from '../execute-run.ts';

type CommandLineOnly = 'dryRun' | 'open' | 'json' | 'quiet';

/** The settings of `docs/configuration.md` by their names there, as a config file may say them, and where notices go. */
export interface RunOptions extends Omit<SaidSettings, CommandLineOnly>, Partial<Notices> {
  /** Is called when the first image is about to be explained, and after each. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Stops in good order: finished shards are kept, and the same options go on from there. */
  readonly signal?: AbortSignal | undefined;
}

export type RunResult =
  | {
      readonly status: 'done';
      readonly runId: string;
      /** URI of the results. */
      readonly out: string;
      /** Path or address of `report.html`. */
      readonly report: string;
      readonly summary: Summary;
    }
  | {
      readonly status: 'interrupted';
      readonly runId: string;
      readonly out: string;
      readonly shardsDone: number;
      readonly shards: number;
    };

/**
 * Lists the images and reads the model, and writes nothing.
 *
 * @returns what `run` with the same options would write as `run.json`.
 * @throws EigenfleetError `usage`, `model`, `dataset` or `storage` for what keeps the run from being planned.
 */
export async function planRun(options: RunOptions): Promise<RunSpec> {
  const { planOnly } = await import('./library-run.ts');
  return planOnly(options);
}

/**
 * Explains a dataset in this process, and writes tables, maps, summary and report to `out`. Done shards of an earlier call with the same
 * options are kept. A bad image is a row with its reason, never an exception.
 *
 * @throws EigenfleetError with a `code` for what keeps the run from being done; the signal's reason when it was aborted before the run was planned.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { runDataset } = await import('./library-run.ts');
  return runDataset(options);
}
