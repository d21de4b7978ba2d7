import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import { writeComparedRun } from './support/compared-runs.ts';
import { machineLines } from './support/machine.ts';

/*
 * Two runs of very many images compared, in a process that does nothing else: rows of two folders are joined, and every measure gets means, medians and
 * intervals. With `drift`, a tenth of the pictures of each run are its own, and drift is tested too. The runs store no maps; reading those of 400 images takes the same
 * time however many there are. The files have just been written, so the system has most of them in memory.
 *
 *   node dist/bench/compare.js [images] [drift]
 */
const images = Number(process.argv[2] ?? 1_000_000);
const others = process.argv[3] === 'drift';
const child = fileURLToPath(new URL('./support/compare-child.js', import.meta.url));

console.log(machineLines().join('\n'));
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  const store = new FolderStore(folder);
  for (const [runId, seed] of [
    ['bench-before', 1],
    ['bench-after', 2],
  ] as const) {
    await writeComparedRun(store, { runId, seed, images, others });
  }
  const { stdout } = await promisify(execFile)(process.execPath, [child, folder]);
  const { wallMs, cpuMs, peakMB, words } = JSON.parse(stdout);
  console.log(
    `compare   ${images.toLocaleString('en')} images in both runs: ${(wallMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of CPU, ${peakMB} MB at most (aims < 60 s, < 500 MB)`,
  );
  console.log(`          ${words}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
