import { setMaxListeners } from 'node:events';
import { ultralyticsDatasetsFolder } from '../../producer/dataset/datasets-folder.ts';
import { type PlannedRun, planRun } from '../../producer/plan/plan-run.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { yoloConfigFolder } from '../../shared/host/environment.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { checkContradictions } from '../../shared/settings/resolve-options.ts';
import { defaultOut, type RunSettings } from '../../shared/settings/run-settings.ts';
import { parseSaid, type SaidSettings } from '../../shared/settings/said-settings.ts';
import { settingsCommand } from '../../shared/settings/settings-command.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { PatientStores } from '../../shared/storage/patient-stores.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { runPlanned } from '../run-planned.ts';
import type { RunProgress } from '../run-progress.ts';
import { patientStores } from '../storage-patience.ts';
import { libraryNotices } from './library-notices.ts';

type CommandLineOnly = 'dryRun' | 'open' | 'json' | 'quiet' | 'rules' | 'failIf' | 'against';

/** The settings of `docs/configuration.md` by name, as in a config file, and callbacks for notices. */
export interface RunOptions extends Omit<SaidSettings, CommandLineOnly>, Partial<Notices> {
  /** Called before the first image, and after each. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Stops in good order: finished shards are kept, and a call with the same options continues. */
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

/** See `planRun` in `library.ts`. */
export async function planDataset(options: RunOptions): Promise<RunSpec> {
  const request = requestOf(options);
  const planned = await plan(request);
  await planned.close();
  return planned.plan.spec;
}

/** See `run` in `library.ts`. `ownsThread`: nobody else uses this thread, which few images are then explained in. */
export async function runDataset(options: RunOptions, ownsThread = false): Promise<RunResult> {
  const request = { ...requestOf(options), ownsThread };
  const { store, signal } = request;
  const planned = await plan(request);
  const { runId, dataset } = planned.plan.spec;
  const place = { runId, out: store.uri };
  try {
    const { onProgress } = options;
    const outcome = await runPlanned({ ...request, planned, ...(onProgress && { onProgress }) });
    if (outcome.status === 'summarized') {
      const { summary } = outcome;
      return { status: 'done', ...place, report: reportPlaceOf(store, runId), summary };
    }
    const { shardsDone } = outcome;
    return { status: 'interrupted', ...place, shardsDone, shards: dataset.shards };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await planned.close();
  }
}

interface Request extends Notices {
  readonly settings: RunSettings;
  readonly stores: PatientStores;
  readonly store: ObjectStore;
  readonly signal: AbortSignal;
}

function requestOf(options: RunOptions): Request {
  const { note, warn, onProgress: _, signal: given, ...said } = options;
  const settings = parseSaid(said, 'options');
  checkContradictions(settings);
  const notices = libraryNotices({ ...(note && { note }), ...(warn && { warn }) });
  const signal = AbortSignal.any(given === undefined ? [] : [given]);
  // All running requests and shards listen at once: more than the ten that Node treats as a leak.
  setMaxListeners(0, signal);
  const stores = patientStores({ settings, note: notices.note, signal });
  return { settings, stores, store: stores.open(settings.out ?? defaultOut), signal, ...notices };
}

async function plan(request: Request): Promise<PlannedRun> {
  const { settings, signal } = request;
  signal.throwIfAborted();
  try {
    return await planRun({
      ...request,
      command: commandLine(['run', ...settingsCommand(settings)]),
      datasetsFolder: await ultralyticsDatasetsFolder(yoloConfigFolder()),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
