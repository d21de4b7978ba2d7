import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { Command } from 'commander';
import { addEnqueueCommand } from '../../src/cli/commands/enqueue-command.ts';
import { followRun } from '../../src/cli/follow/follow-run.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import { withFleet } from '../../src/fleet/fleet-connection.ts';
import { type Summary, summarySchema } from '../../src/report/summary/summary-schema.ts';
import { decodeRows, type StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { repositoryRoot } from './cache-folder.ts';
import { type CliResult, type RunningCli, runCli, startCli } from './cli.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { tempDir } from './temp-dir.ts';
import { warmCache } from './warm-cache.ts';

export const tinyModel = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
/** The same model at 64 px: explained several times quicker, for tests that need no run in the midst of which to disturb it. */
export const quickModel = [
  '-m',
  join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx'),
  '--imgsz',
  '64',
] as const;
export const bloodCells = join(repositoryRoot, 'examples/blood-cells/images/test');

/** Locks short enough that a test sees a shard change hands within seconds. */
const hasty = ['--lock-seconds', '3', '--stalled-seconds', '1'];

/** A Redis, and processes of the real command line. It ends with the test or file that started it, and what a test started in it with that test. */
export interface TestFleet {
  readonly redis: RedisServer;
  /** Environment of every process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  cli(args: readonly string[]): Promise<CliResult>;
  /** What `enqueue` does with these arguments, in this process, which has its libraries loaded already. Holds it to exit code 0. */
  enqueue(args: readonly string[]): Promise<void>;
  /** Starts a worker; resolves when it takes shards. */
  worker(more?: readonly string[], env?: Readonly<Record<string, string>>): Promise<RunningCli>;
  /** It looks after these results, and after all that producers name. */
  coordinator(...outs: readonly string[]): Promise<RunningCli>;
  /** It also keeps the audits of this home. */
  auditor(home: string): Promise<RunningCli>;
  /** What `watch --json` does, in this process: waits until a run is closed, and reads what is printed then. */
  follow(store: ObjectStore, runId: string): Promise<FollowedRun>;
}

export interface FollowedRun {
  /** The exit code of `watch`. */
  readonly code: number;
  readonly summary: Summary;
}

export async function startFleet(
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<TestFleet> {
  const redis = await startRedis();
  const running: RunningCli[] = [];
  const all = { REDIS_URL: redis.url, LOG_LEVEL: 'info', ...warmCache(), ...env };
  after(async () => {
    for (const cli of running) cli.kill('SIGKILL');
    await Promise.allSettled(running.map(({ result }) => result));
    await redis.close();
  });
  const start = async (args: readonly string[], line: RegExp, more = {}): Promise<RunningCli> => {
    const cli = startCli(args, { env: { ...all, ...more } });
    running.push(cli);
    await cli.line(line);
    return cli;
  };
  return {
    redis,
    env: all,
    cli: (args) => runCli(args, { env: all }),
    enqueue: (args) => enqueueHere(['--redis', redis.url, '--quiet', ...args]),
    worker: (more = [], own = {}) =>
      start(
        ['worker', '--device', 'cpu', '--threads', '1', ...hasty, ...more],
        /worker started/,
        own,
      ),
    coordinator: (...outs) =>
      start(
        ['coordinator', ...outs.flatMap((out) => ['--out', out]), '--sweep-seconds', '2'],
        /coordinator started/,
      ),
    auditor: (home) =>
      start(['coordinator', '--audits', home, '--sweep-seconds', '1'], /coordinator started/),
    follow: (store, runId) => follow(redis.url, store, runId),
  };
}

async function enqueueHere(args: readonly string[]): Promise<void> {
  const program = new Command().exitOverride();
  addEnqueueCommand(program);
  // The command sets it for the whole process, and here it is the test runner's.
  const { exitCode } = process;
  await program.parseAsync(['enqueue', ...args], { from: 'user' });
  assert.equal(process.exitCode, 0);
  process.exitCode = exitCode;
}

async function follow(url: string, store: ObjectStore, runId: string): Promise<FollowedRun> {
  const printed: string[] = [];
  const terminal = {
    ...openTerminal({ quiet: true, json: true }),
    print: (line = '') => void printed.push(line),
  };
  const { signal } = new AbortController();
  const code = await withFleet({ url, cluster: false }, (fleet) =>
    followRun({ fleet, store, runId, terminal, json: true, signal }),
  );
  return { code, summary: summarySchema.parse(JSON.parse(printed.join('\n'))) };
}

/** A folder of `count` copies of the blood cells: enough to be disturbed in the midst of them. */
export async function manyImages(count: number): Promise<string> {
  const folder = join(tempDir(), 'images');
  await mkdir(folder);
  const names = (await readdir(bloodCells)).sort();
  for (let n = 0; n < count; n++) {
    const name = names[n % names.length] ?? '';
    await copyFile(join(bloodCells, name), join(folder, `${String(n).padStart(4, '0')}.jpg`));
  }
  return folder;
}

/** The only run of a results folder. */
export async function onlyRun(
  out: string | ObjectStore,
): Promise<{ store: ObjectStore; runId: string }> {
  const store = typeof out === 'string' ? openStore(out) : out;
  for await (const runId of store.listFolders('')) {
    if ((await store.head(objectKeys.run(runId))) !== undefined) return { store, runId };
  }
  throw new Error(`no run in ${store.uri}`);
}

/** What users read of a run: the compacted rows. */
export async function rowsOf(store: ObjectStore, runId: string): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for await (const { key } of store.list(objectKeys.imagesPrefix(runId))) {
    rows.push(...(await decodeRows((await store.get(key)) ?? new Uint8Array())));
  }
  return rows;
}
