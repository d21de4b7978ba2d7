import { buildEvaluation } from '../../src/evaluate/merge/build-evaluation.ts';
import { EvaluationSums } from '../../src/evaluate/merge/evaluation-sums.ts';
import { ObjectsWriter } from '../../src/evaluate/objects/objects-writer.ts';
import { precisionFormsOf } from '../../src/evaluate/objects/precision-image.ts';
import { storedShards } from '../../src/evaluate/objects/stored-shards.ts';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { compactRows } from '../../src/report/summary/compaction/compact-rows.ts';
import { mergeShards } from '../../src/report/summary/merge-shards.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { openRun } from '../../src/shared/run/open-run.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { checkRun } from '../../src/verdict/check-run.ts';
import { compareRuns } from '../../src/verdict/compare/compare-runs.ts';
import { openComparedRun } from '../../src/verdict/compare/compared-run.ts';
import { writeComparison } from '../../src/verdict/page/write-comparison.ts';
import { publishVerdict } from '../../src/verdict/publish-verdict.ts';
import { parseFailIf } from '../../src/verdict/rules/fail-if.ts';
import { ruleDefaults } from '../../src/verdict/rules/rule.ts';
import { processPeakBytes } from './process-peak.ts';
import { writeRun } from './verdict-runs.ts';

/** What a step took, in a process that did nothing else. */
export interface VerdictAnswer {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly said: string;
}

/*
 * The program of a child process: node verdict-child.js <step> <folder> <run> <baseline> <shards>. Prints a `VerdictAnswer` as JSON.
 */
const [, , step = '', folder = '', runId = '', baseline = '', count = '0'] = process.argv;
const store = new FolderStore(folder);
const shards = Number(count);

const failIf = [
  ...['map50<0.01', 'recall<0.3', 'recall.class 7<0.1', 'failed>50%', 'misses>90%'],
  ...['change of map50 < -0.5', 'change of recall < -0.5', 'drift'],
];

const steps: Readonly<Record<string, () => Promise<string>>> = {
  write: async () => {
    const { shardBytes } = await writeRun({ store, runId, shards, isLater: runId !== baseline });
    return `${Math.round(shardBytes / 1000)} kB a shard`;
  },
  markers: async () => {
    const { merged } = await mergeShards({
      store,
      planned: await openRun(store, runId),
      storeOptions: {},
    });
    return `${merged.statistics.build().images} images`;
  },
  evaluation: async () => {
    const spec = await openRun(store, runId);
    const sums = new EvaluationSums(precisionFormsOf(spec));
    const numbers = Array.from({ length: shards }, (_, shard) => shard);
    const evaluated = storedShards({
      ...{ store, spec, shards: numbers, evaluated: new Set(numbers), storeOptions: {} },
    });
    for await (const { part } of evaluated.shards()) sums.merge(part.sums);
    const objects = { rows: 0, parts: [] };
    const { setup, source } = evaluated;
    const { figures } = buildEvaluation({ spec, setup, sums, source, objects });
    const { accumulator } = sums.precision;
    const { candidates, exact, forms } = accumulator.build();
    const bound = forms[0]?.bound.toExponential(1);
    return `map50 ${figures.map50?.value?.toFixed(4)} of ${candidates} candidates, exact ${exact}, error at most ${bound}`;
  },
  rows: async () => {
    const numbers = Array.from({ length: shards }, (_, shard) => shard);
    const { rows } = await compactRows({ store, runId, shards: numbers });
    return `${rows} rows`;
  },
  objects: async () => {
    const writer = new ObjectsWriter(store, runId);
    for (let shard = 0; shard < shards; shard++) {
      const bytes = await store.get(objectKeys.evaluatedObjects(runId, shard));
      if (bytes !== undefined) await writer.add(bytes);
    }
    return `${(await writer.finish()).rows} objects`;
  },
  summary: async () => {
    const summarized = await summarizeRun({
      store,
      runId,
      imageStore: undefined,
      storeOptions: {},
    });
    return summarized.status;
  },
  compare: async () => {
    const runs = [];
    for (const id of [baseline, runId]) runs.push(await openComparedRun(id, { out: folder }));
    const comparison = await compareRuns(runs);
    await writeComparison({ comparison, runs, store });
    const { images } = comparison.steps[0] ?? {};
    return `${images?.compared} pairs, ${images?.onlyFrom} and ${images?.onlyTo} in one run alone`;
  },
  check: async () => {
    const rules = failIf.map((text) => parseFailIf(text, ruleDefaults));
    const checked = await checkRun({
      run: { store, runId },
      against: { store, runId: baseline },
      rules,
    });
    await publishVerdict(store, checked, 'report.html');
    return `${checked.verdict.outcome}, ${checked.verdict.rules.length} rules`;
  },
};

const work = steps[step];
if (work === undefined) throw new Error(`no step ${step}`);
const startedMs = performance.now();
const said = await work();
const { user, system } = process.cpuUsage();
const answer: VerdictAnswer = {
  wallMs: performance.now() - startedMs,
  cpuMs: (user + system) / 1000,
  peakBytes: processPeakBytes('self') ?? Number.NaN,
  said,
};
console.log(JSON.stringify(answer));
