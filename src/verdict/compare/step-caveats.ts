import { listedSome } from '../../report/words/wording.ts';
import type { ComparedRun } from './compared-run.ts';
import type { StepKind } from './comparison.ts';

/** What of a run a caveat looks at. */
export type CaveatRun = Pick<ComparedRun, 'spec' | 'evaluation'>;

/** Classes that a caveat names. */
const mostNamed = 5;

/** What stands against comparing two runs, a sentence each. */
export function stepCaveats([from, to]: readonly [CaveatRun, CaveatRun], kind: StepKind): string[] {
  const sentences = [...modelCaveats(from.spec.model, to.spec.model)];
  const { confThreshold: before } = from.spec.options;
  const { confThreshold: after } = to.spec.options;
  if (before !== after) {
    sentences.push(`Objects count from a confidence of ${before} on, then from ${after} on.`);
  }
  return [...sentences, ...labelCaveats(from, to, kind)];
}

type Model = CaveatRun['spec']['model'];

function modelCaveats(from: Model, to: Model): string[] {
  if (from.task !== to.task) {
    return [
      `The models have different tasks (${from.task}, then ${to.task}), so figures of the same name do not measure the same.`,
    ];
  }
  const [before, after] = [new Set(from.classNames), new Set(to.classNames)];
  const gone = [...before].filter((name) => !after.has(name));
  const added = [...after].filter((name) => !before.has(name));
  if (gone.length + added.length === 0) return [];
  const parts = [
    ...(gone.length > 0 ? [`only the former has ${listedSome(gone, mostNamed)}`] : []),
    ...(added.length > 0 ? [`only the latter has ${listedSome(added, mostNamed)}`] : []),
  ];
  return [
    `The models have different classes (${parts.join('; ')}), so figures of all classes together are of other classes.`,
  ];
}

function labelCaveats(
  { evaluation: a }: CaveatRun,
  { evaluation: b }: CaveatRun,
  kind: StepKind,
): string[] {
  const sentences: string[] = [];
  if ((a === undefined) !== (b === undefined)) {
    sentences.push(
      'Only one of the runs is evaluated against labels: eigenfleet evaluate does it for the other.',
    );
  }
  if (a && b && a.labels.digest !== b.labels.digest && kind === 'same-pictures') {
    sentences.push(
      'The labels differ, so part of a difference may be theirs: eigenfleet evaluate takes the same ones for both.',
    );
  }
  if (a?.labels.changed !== undefined || b?.labels.changed !== undefined) {
    sentences.push(
      'Labels were corrected since: figures are of the new ones, and pictures here show those that the runs read.',
    );
  }
  if (a && b && a.rules.group !== b.rules.group) {
    sentences.push(
      `Images are grouped by ${a.rules.group}, then by ${b.rules.group}, so figures have no paired intervals.`,
    );
  }
  return sentences;
}
