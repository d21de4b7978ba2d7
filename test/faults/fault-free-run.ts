import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { cliPath } from '../support/cli.ts';
import { onlyRun, rowsOf } from '../support/fleet.ts';
import { testFlags } from '../support/test-flags.ts';
import type { Ground } from './ground.ts';
import { runOptions, type Schedule } from './schedule.ts';

/** What a run comes to that nothing disturbs. */
export interface FaultFreeRun {
  readonly runId: string;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly summary: Readonly<Record<string, unknown>>;
  /** Of the run, relative to its folder. */
  readonly files: ReadonlySet<string>;
}

const known = new Map<string, Promise<FaultFreeRun>>();

/** One for each storage and shard size, made when it is first asked for by the `run` of one machine. */
export function faultFreeRun(ground: Ground, schedule: Schedule): Promise<FaultFreeRun> {
  const { backend, images, shardSize } = schedule;
  const key = [ground.folder, backend, images, shardSize].join(' ');
  const made = known.get(key) ?? make(ground, schedule);
  known.set(key, made);
  return made;
}

async function make(ground: Ground, schedule: Schedule): Promise<FaultFreeRun> {
  const out = await mkdtemp(join(ground.folder, 'fault-free-'));
  const input = await ground.input(schedule);
  const options = ['--out', out, ...runOptions(schedule), '--device', 'cpu', '--quiet'];
  const args = [...testFlags, cliPath, 'run', ...input, ...options];
  const env = ground.environment(ground.s3Endpoint);
  await promisify(execFile)(process.execPath, args, { env });
  const store = new FolderStore(out);
  const { runId } = await onlyRun(store);
  const rows = await rowsOf(store, runId);
  const text = await readFile(join(out, objectKeys.summaryJson(runId)), 'utf8');
  const files = await filesBelow(join(out, runId));
  await rm(out, { recursive: true });
  return {
    runId,
    rows: new Map(rows.map((row) => [row.key, row])),
    summary: comparableSummary(text),
    files: new Set(files),
  };
}

/** What must be equal between a run of one machine and one of a fleet: all but the times and where things are. */
export function comparableSummary(text: string): Record<string, unknown> {
  const { timings: _, dataset: __, model: ___, ...rest } = JSON.parse(text);
  return rest;
}

/** Every file below a folder, hidden ones too, with `/` between the parts. Empty for a folder that is not there. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
    .sort();
}
