import { compactRows } from '../../src/report/summary/compaction/compact-rows.ts';
import { mergeShards } from '../../src/report/summary/merge-shards.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { processPeakBytes } from './process-peak.ts';

/** What a part of a summary took, in a process that did nothing else. */
export interface MergeAnswer {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly images: number;
  readonly missing: number;
}

/*
 * The program of a child process: node merge-child.js merge|compact <folder> <run> <shards>. Prints a `MergeAnswer` as JSON.
 */
const [, , task = '', folder = '', runId = '', count = '0'] = process.argv;
const store = new FolderStore(folder);
const shards = Number(count);
const startedMs = performance.now();
const done = task === 'merge' ? await merge() : await compact();
const { user, system } = process.cpuUsage();
const answer: MergeAnswer = {
  ...done,
  wallMs: performance.now() - startedMs,
  cpuMs: (user + system) / 1000,
  peakBytes: processPeakBytes('self') ?? Number.NaN,
};
console.log(JSON.stringify(answer));

async function merge(): Promise<Pick<MergeAnswer, 'images' | 'missing'>> {
  const planned = { runId, dataset: { shards, images: shards * 256 }, options: { shardSize: 256 } };
  const { merged, missing } = await mergeShards({ store, planned, storeOptions: {} });
  return { images: merged.statistics.build().images, missing: missing.length };
}

async function compact(): Promise<Pick<MergeAnswer, 'images' | 'missing'>> {
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  const { rows } = await compactRows({ store, runId, shards: numbers });
  return { images: rows, missing: 0 };
}
