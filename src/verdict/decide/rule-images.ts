import type { RuleImage, RuleResult } from '../../report/summary/verdict-schema.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { CheckedRun } from '../figures/checked-run.ts';
import type { DriftRule, Rule } from '../rules/rule.ts';
import { mostRuleImages, objectImages } from './object-images.ts';
import { valueWords } from './rule-words.ts';
import { summaryImages } from './summary-images.ts';

/** Up to so many objects are read for rules that hold too; beyond, only for the others. */
const mostObjectsAlways = 2_000_000;

/** Examples of what drifted. */
export interface DriftExamples {
  readonly measures: readonly {
    readonly measure: string;
    readonly family: string;
    readonly words: string;
    readonly drifted: boolean;
    readonly examples: readonly {
      readonly key: string;
      readonly shard: number;
      readonly row: number;
      readonly value: number;
      readonly before?: number | undefined;
    }[];
  }[];
}

export interface RuleImagesInput {
  readonly rules: readonly Rule[];
  readonly results: readonly Omit<RuleResult, 'images'>[];
  readonly place: { readonly store: ObjectStore; readonly runId: string };
  readonly run: CheckedRun;
  readonly drift?: DriftExamples | undefined;
}

/** Adds to each result the images that are worst for it: from the table of objects for figures of labels, else from what the summary keeps. */
export async function withRuleImages({
  rules,
  results,
  place,
  run,
  drift,
}: RuleImagesInput): Promise<RuleResult[]> {
  const { summary, evaluation } = run;
  const labeled = evaluation?.figures ?? {};
  const reads = (evaluation?.objects.rows ?? 0) <= mostObjectsAlways;
  const figures = rules.flatMap((rule, i) => {
    const isWanted = reads || results[i]?.outcome !== 'pass';
    return rule.kind === 'figure' && rule.figure in labeled && isWanted ? [rule.figure] : [];
  });
  const ofObjects = evaluation && (await objectImages(place, evaluation, [...new Set(figures)]));
  return results.map((result, i) => {
    const rule = rules[i];
    const images = rule === undefined ? [] : imagesOf(rule);
    return { ...result, images: [...images] };
  });

  function imagesOf(rule: Rule): readonly RuleImage[] {
    if (rule.kind === 'drift') return driftImages(rule, drift);
    return rule.figure in labeled
      ? (ofObjects?.get(rule.figure) ?? [])
      : summaryImages(rule, summary);
  }
}

/** One of each measure that drifted, in turn. */
function driftImages({ of }: DriftRule, drift: DriftExamples | undefined): RuleImage[] {
  const meant = (drift?.measures ?? []).filter(
    ({ drifted, measure, family }) =>
      drifted && (of === undefined || of.includes(measure) || of.includes(family)),
  );
  const turns = Array.from({ length: mostRuleImages }, (_, turn) =>
    meant.flatMap(({ words, examples }) => {
      const one = examples[turn];
      if (one === undefined) return [];
      const before = one.before === undefined ? '' : `, before ${valueWords(one.before)}`;
      return [
        {
          key: one.key,
          shard: one.shard,
          row: one.row,
          words: `${words} ${valueWords(one.value)}${before}`,
        },
      ];
    }),
  );
  return turns.flat().slice(0, mostRuleImages);
}
