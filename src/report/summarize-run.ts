import { join } from 'node:path';
import { hasEvaluation } from '../evaluate/merge/evaluation-setup.ts';
import { storedShards } from '../evaluate/objects/stored-shards.ts';
import {
  type EvaluatedShards,
  removeEvaluation,
  writeEvaluation,
} from '../evaluate/objects/write-evaluation.ts';
import type { Evaluation } from '../evaluate/result/evaluation.ts';
import { decodeRows } from '../shared/results/sample-row-parquet.ts';
import { objectKeys } from '../shared/run/object-keys.ts';
import { openRun } from '../shared/run/open-run.ts';
import type { RunSpec } from '../shared/run/run-spec.ts';
import { manifestFault } from '../shared/run/stored-manifest.ts';
import { outlierRuleOf } from '../shared/statistics/outlier-rule.ts';
import { removeAbandonedBelow } from '../shared/storage/abandoned-files.ts';
import { localPathOf } from '../shared/storage/local-path.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { StoreOptions } from '../shared/storage/open-store.ts';
import { withEvaluation } from './findings/evaluation-headlines.ts';
import { summaryMarkdown } from './markdown/summary-markdown.ts';
import { storedObjects } from './objects/stored-objects.ts';
import { renderReport } from './render-report.ts';
import { loadPictures, type PictureSource } from './report-pictures.ts';
import { type CompactOptions, compactRows } from './summary/compaction/compact-rows.ts';
import { mergeShards } from './summary/merge-shards.ts';
import type { MergedRun } from './summary/merged-run.ts';
import { OutlierMarks } from './summary/outlier-marks.ts';
import { summarize } from './summary/summary.ts';
import type { Summary } from './summary/summary-schema.ts';

export interface SummarizeRequest {
  readonly store: ObjectStore;
  readonly runId: string;
  /** Where the images are; `undefined` when they are unavailable: the report then has maps and no photos. */
  readonly imageStore: ObjectStore | undefined;
  /** Shards that failed for good, with the reason: the run is closed without them, and the summary names them. */
  readonly failedShards?: ReadonlyMap<number, string>;
  /** How the store was opened: lets threads open it too, which large runs need. */
  readonly storeOptions?: StoreOptions;
  /** Other labels or rules than the run's own: what `evaluate` sets beside the rows. */
  readonly evaluated?: (shards: readonly number[]) => EvaluatedShards;
  /** Ends the work between two of its steps. What it has written is what the next call writes, too. */
  readonly signal?: AbortSignal;
}

export type SummarizeOutcome =
  | {
      readonly status: 'summarized';
      readonly summary: Summary;
      readonly reportKey: string;
      /** Absent without labels. */
      readonly evaluation?: Evaluation;
    }
  /** These shards are not done, or their files are not those that their markers name. Nothing was written. */
  | { readonly status: 'incomplete'; readonly missing: readonly number[] };

/**
 * Merges the results of a run and writes `images/`, `failures.jsonl`, `summary.json`, `summary.md` and, last, `report.html`. Safe to call
 * again: the same results produce the same files. Throws `storage` when there is no such run or when writing fails, the
 * signal's reason when it is aborted.
 */
export async function summarizeRun(request: SummarizeRequest): Promise<SummarizeOutcome> {
  const { store, runId, imageStore, failedShards = new Map(), storeOptions, signal } = request;
  const spec = await openRun(store, runId);
  const answer = await mergeShards({ store, planned: spec, storeOptions });
  signal?.throwIfAborted();
  const { merged, unusable } = answer;
  const missing = answer.missing.filter((shard) => !failedShards.has(shard));
  if (missing.length > 0) return { status: 'incomplete', missing };
  const { devices, stagesMs, wallMs } = merged;
  const undone = new Set(answer.missing);
  const failed = new Map([...failedShards].filter(([shard]) => undone.has(shard)));
  const all = Array.from({ length: spec.dataset.shards }, (_, shard) => shard);
  const done = all.filter((shard) => !undone.has(shard) && !unusable.has(shard));
  await removeLeftovers(store, runId);
  const compacted = await compactMarked({ store, runId, shards: done }, merged, spec);
  const { statistics, outlierRule, outliers, unreadable } = compacted;
  signal?.throwIfAborted();
  // It was that of other figures: a call that is killed leaves none that could be taken for one of the new ones.
  await store.delete(objectKeys.verdict(runId));
  const evaluated = evaluatedShards(request, spec, done, merged);
  const evaluation = await evaluate(request, spec, evaluated);
  signal?.throwIfAborted();
  const found = summarize({
    ...{ spec, statistics, timings: { stagesMs, wallMs }, devices, unreadable, outliers },
    manifestFault: await manifestFault(store, spec),
    failedShards: new Map([...failed, ...unusable]),
  });
  const summary = withEvaluation(found, evaluation);
  const withoutTable = new Set(
    unreadable.flatMap((one) => (one.row === undefined ? [one.shard] : [])),
  );
  const failing = merged.failing.filter((shard) => !withoutTable.has(shard));
  await putText(store, objectKeys.failures(runId), await failureLines(store, runId, failing));
  await writeSummaries(store, summary, evaluation);
  signal?.throwIfAborted();
  const source = { store, imageStore, spec, statistics, withoutTable, outlierRule };
  const shown = { ...source, relabeled: evaluated?.relabeled };
  const reportKey = await writeReport(shown, summary, evaluation);
  return { status: 'summarized', summary, reportKey, ...(evaluation && { evaluation }) };
}

async function writeSummaries(
  store: ObjectStore,
  summary: Summary,
  evaluation: Evaluation | undefined,
): Promise<void> {
  const { runId } = summary;
  await putText(store, objectKeys.summaryJson(runId), `${JSON.stringify(summary)}\n`);
  const markdown = summaryMarkdown(summary, store.uri, evaluation);
  await putText(store, objectKeys.summaryMarkdown(runId), markdown);
}

/** Loads the pictures and writes the page; returns its key. */
async function writeReport(
  source: Omit<PictureSource, 'evaluated'>,
  summary: Summary,
  evaluation: Evaluation | undefined,
): Promise<string> {
  const { store, spec } = source;
  const evaluated = evaluation && { evaluation, objects: storedObjects(store, evaluation) };
  const pictures = await loadPictures({ ...source, evaluated }, summary);
  const reportKey = objectKeys.report(spec.runId);
  const page = { summary, spec, ...pictures, evaluation, out: store.uri };
  await putText(store, reportKey, renderReport(page));
  return reportKey;
}

/** Against the labels that the run read, or those that are given; `undefined` for a run without labels. */
function evaluatedShards(
  { store, evaluated, storeOptions }: SummarizeRequest,
  spec: RunSpec,
  shards: readonly number[],
  merged: MergedRun,
): EvaluatedShards | undefined {
  if (evaluated !== undefined) return evaluated(shards);
  if (!hasEvaluation(spec)) return undefined;
  return storedShards({
    ...{ store, spec, shards, storeOptions },
    evaluated: new Set(merged.evaluated),
  });
}

async function evaluate(
  { store, signal }: SummarizeRequest,
  spec: RunSpec,
  shards: EvaluatedShards | undefined,
): Promise<Evaluation | undefined> {
  if (shards !== undefined) return writeEvaluation({ store, spec, signal }, shards);
  await removeEvaluation(store, spec.runId);
  return undefined;
}

/** Compacts the rows and finds the outliers among them. The statistics are those of the shards, with the flag. */
async function compactMarked(rows: CompactOptions, merged: MergedRun, { options }: RunSpec) {
  const statistics = merged.statistics.build();
  const outlierRule = outlierRuleOf(statistics, options.flags.outlierZ);
  let marks = new OutlierMarks(outlierRule);
  const mark = () => {
    marks = new OutlierMarks(outlierRule);
    return marks;
  };
  const digests = merged.rowDigests;
  const { unreadable } = await compactRows({ ...rows, digests, mark });
  const outliers = marks.build();
  return { statistics: marks.addTo(statistics), outlierRule, outliers, unreadable };
}

/** Removes what killed workers had begun to write; nobody else would find it. In S3 an object exists whole or not at all. */
async function removeLeftovers(store: ObjectStore, runId: string): Promise<void> {
  const folder = localPathOf(store.uri);
  if (folder !== undefined) await removeAbandonedBelow(join(folder, runId));
}

/** One line of JSON for each image that could not be explained, in the order of the manifest. */
async function failureLines(
  store: ObjectStore,
  runId: string,
  shards: readonly number[],
): Promise<string> {
  const lines: string[] = [];
  for (const shard of [...shards].sort((a, b) => a - b)) {
    const bytes = await store.get(objectKeys.shard(runId, shard));
    for (const { status, key, reason } of bytes === undefined
      ? []
      : await decodeRows(bytes, () => {})) {
      if (status !== 'success') lines.push(`${JSON.stringify({ key, status, reason })}\n`);
    }
  }
  return lines.join('');
}

async function putText(store: ObjectStore, key: string, text: string): Promise<void> {
  await store.put(key, new TextEncoder().encode(text));
}
