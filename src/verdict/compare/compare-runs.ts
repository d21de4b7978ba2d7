import { createHash } from 'node:crypto';
import { EigenfleetError } from '../../shared/errors.ts';
import { changedGroups } from './changed-groups.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ChangedGroup, ComparedRunInfo, Comparison, ComparisonStep } from './comparison.ts';
import { compareTwo, type FoundStep } from './comparison-step.ts';
import { progressCharts } from './progress-charts.ts';
import { comparisonHeadlines } from './words/comparison-headlines.ts';
import { runLabels } from './words/run-labels.ts';

/** Rises when a comparison of the same runs can say something else. */
const version = 1;

export interface CompareOptions {
  /** Ends the work between two row groups. */
  readonly signal?: AbortSignal;
  /** Told before each step. */
  readonly note?: (line: string) => void;
}

/**
 * Compares runs, each with the one before it. Rows are streamed and joined in constant memory; the maps of at most 400 images of each step are read.
 *
 * @param runs two at least, in the order in which they are shown
 * @throws EigenfleetError `usage` for fewer than two runs or one run twice, `storage` for what cannot be read; the signal's reason when it is aborted
 */
export async function compareRuns(
  runs: readonly ComparedRun[],
  { signal, note }: CompareOptions = {},
): Promise<Comparison> {
  checkRuns(runs);
  const labels = runLabels(runs);
  const infos = runs.map((run, i) => infoOf(run, labels[i] as string));
  const found: FoundStep[] = [];
  for (let i = 1; i < runs.length; i++) {
    note?.(`Comparing ${labels[i - 1]} and ${labels[i]}.`);
    found.push(await compareTwo([runs[i - 1] as ComparedRun, runs[i] as ComparedRun], signal));
  }
  const steps: ComparisonStep[] = [];
  for (const [from, { foundPairs, maps, drift, ...step }] of found.entries()) {
    const changed: ChangedGroup[] = await changedGroups(runs, { foundPairs, maps, drift });
    steps.push({
      from,
      to: from + 1,
      ...step,
      ...(maps && { maps }),
      ...(drift && { drift }),
      changed,
    });
  }
  return {
    schema: 'comparison@1',
    comparisonId: comparisonIdOf(runs),
    runs: infos,
    ...comparisonHeadlines(infos, steps),
    progress: runs.length > 2 ? progressCharts(runs) : [],
    steps,
  };
}

function checkRuns(runs: readonly ComparedRun[]): void {
  if (runs.length < 2) {
    throw new EigenfleetError(
      'usage',
      'A comparison takes two runs or more: eigenfleet compare A B.',
    );
  }
  const names = runs.map(({ store, runId }) => `${store.uri}/${runId}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new EigenfleetError('usage', `The run ${twice} is named twice: name different runs.`);
}

/** The same runs with the same evaluations, in one order, are the same comparison. */
function comparisonIdOf(runs: readonly ComparedRun[]): string {
  const parts = runs.map(({ runId, evaluation }) => [runId, evaluation?.evaluationId ?? null]);
  const hash = createHash('sha256').update(JSON.stringify({ version, parts }));
  return hash.digest('hex').slice(0, 12);
}

function infoOf(run: ComparedRun, label: string): ComparedRunInfo {
  const { spec, summary, evaluation, store, runId } = run;
  const { name, source, images, digest } = spec.dataset;
  const { sha256, task } = spec.model;
  return {
    ...{ label, out: store.uri, runId },
    model: { name: summary.model.name, sha256, task, confThreshold: spec.options.confThreshold },
    dataset: { name, source, images, digest },
    ...{ explained: summary.counts.explained, failed: summary.counts.failed },
    ...(evaluation && {
      evaluation: {
        evaluationId: evaluation.evaluationId,
        labelsDigest: evaluation.labels.digest,
        labeledObjects: evaluation.labels.objects,
        groups: evaluation.groups.count,
      },
    }),
  };
}
