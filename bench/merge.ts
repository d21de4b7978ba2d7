import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import { machineLines } from './support/machine.ts';
import type { MergeAnswer } from './support/merge-child.ts';
import { classes, makeShards, shardSize, writeMarkers, writeRows } from './support/merge-shards.ts';

/*
 * The summary of a very large run, in processes that do nothing else: its markers (80 classes, 3 layers, mean heatmaps) are read from a folder,
 * checked, their files asked for, and merged. Beside it the compaction of rows, of fewer shards. The contents are those of 100 seeded shards in
 * turn; every marker is a file of its own and names four files that are there, of one byte each. The markers have just been written, so the
 * system has most of them in memory.
 *
 *   node dist/bench/merge.js [shards] [shards to compact]
 */
const shards = Number(process.argv[2] ?? 39_000);
const rowShards = Number(process.argv[3] ?? 1_000);
const distinct = 100;
const runId = 'bench-000000000000';
const child = fileURLToPath(new URL('./support/merge-child.js', import.meta.url));

console.log(machineLines().join('\n'));
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const made = makeShards(distinct);
  const store = new FolderStore(folder);
  const { bytes } = await writeMarkers({ store, runId, shards, made });
  const kilobytes = (bytes / shards / 1000).toFixed(0);
  console.log(
    `markers   ${shards.toLocaleString('en')} of ${kilobytes} kB (${distinct} distinct), ${classes} classes, 3 layers\n`,
  );
  const merged = await run('merge', shards);
  expect('shards not done', merged.missing, 0);
  expect('images', merged.images, shards * shardSize);
  print('merge', merged, '(aims < 60 s, < 400 MB)');
  await writeRows({ store, runId, shards: rowShards, made });
  const compacted = await run('compact', rowShards);
  expect('rows', compacted.images, rowShards * shardSize);
  const rate = Math.round((compacted.images / compacted.wallMs) * 1000);
  const whole = ((compacted.wallMs / rowShards) * 39_000) / 60_000;
  const pace = `${rate.toLocaleString('en')} rows/s; 39,000 shards at this rate: ${whole.toFixed(1)} min`;
  print('compact', compacted, `of ${rowShards.toLocaleString('en')} shards, ${pace}`);
}

async function run(task: 'merge' | 'compact', count: number): Promise<MergeAnswer> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[child, task, folder, runId, `${count}`],
  ]);
  return JSON.parse(stdout);
}

function print(task: string, { wallMs, cpuMs, peakBytes }: MergeAnswer, remark: string): void {
  const times = `${(wallMs / 1000).toFixed(1)} s, CPU ${(cpuMs / 1000).toFixed(1)} s`;
  console.log(`${task.padEnd(9)} ${times}, ${(peakBytes / 1e6).toFixed(0)} MB at most ${remark}`);
}

function expect(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}
