import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { machineLines } from './support/machine.ts';
import { shardSize } from './support/shard-template.ts';
import type { VerdictAnswer } from './support/verdict-child.ts';

/*
 * A very large run from its shards to a verdict, step by step in processes that do nothing else: markers merged, evaluated parts merged to an evaluation, rows and objects
 * compacted, the whole summary with its report, then compared with a baseline and checked against it. Two runs of seeded shards: 80 classes, 3 layers, labels, 300 candidates
 * an image, every image a group of its own; 32 shards that differ, in turn, with keys, sizes and places of their own. No maps: comparing and reporting read those of a few
 * hundred images, however large a run is. The later run has a tenth of other pictures.
 *
 *   node dist/bench/verdict.js [rows]
 */
const rows = Number(process.argv[2] ?? 50_000);
const shards = Math.ceil(rows / shardSize);
const child = fileURLToPath(new URL('./support/verdict-child.js', import.meta.url));

console.log(machineLines().join('\n'));
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  console.log(
    `rows      ${(shards * shardSize).toLocaleString('en')} in ${shards} shards, twice\n`,
  );
  await step('write', 'baseline');
  await step('summary', 'baseline');
  // Only its manifest and the rows of its shards are still asked for.
  for (const part of ['done', 'evaluated']) {
    await rm(join(folder, 'baseline', part), { recursive: true });
  }
  await step('write', 'later');
  for (const name of ['markers', 'evaluation', 'rows', 'objects', 'summary', 'compare', 'check']) {
    await step(name, 'later');
  }
}

async function step(name: string, runId: string): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[child, name, folder, runId, 'baseline', `${shards}`],
  ]);
  const { wallMs, cpuMs, peakBytes, said }: VerdictAnswer = JSON.parse(stdout);
  const times = `${(wallMs / 1000).toFixed(1)} s, CPU ${(cpuMs / 1000).toFixed(1)} s`;
  const peak = `${(peakBytes / 1e6).toFixed(0)} MB at most`;
  console.log(`${name.padEnd(11)} ${runId.padEnd(9)} ${times}, ${peak} (${said})`);
}
