import { compareRuns } from '../../src/verdict/compare/compare-runs.ts';
import { openComparedRun } from '../../src/verdict/compare/compared-run.ts';

/** Compares two runs of a folder; prints time, peak memory and the finding as JSON. */
const out = process.argv[2] ?? '';
const start = performance.now();
const runs = [
  await openComparedRun('bench-before', { out }),
  await openComparedRun('bench-after', { out }),
];
const { title } = await compareRuns(runs);
const wallMs = Math.round(performance.now() - start);
const { user, system } = process.cpuUsage();
const cpuMs = Math.round((user + system) / 1000);
const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ wallMs, cpuMs, peakMB, words: title.text }));
