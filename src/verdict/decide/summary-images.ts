import type { Summary } from '../../report/summary/summary-schema.ts';
import type { RuleImage } from '../../report/summary/verdict-schema.ts';
import type { FigureRule } from '../rules/rule.ts';
import { mostRuleImages } from './object-images.ts';
import { valueWords } from './rule-words.ts';

/** The images behind a figure of the summary: failed ones with their reason, flagged ones, those with the worst values of a measure. Empty where none is known. */
export function summaryImages({ figure, comparison }: FigureRule, summary: Summary): RuleImage[] {
  const failures = failuresOf(figure, summary);
  if (failures !== undefined) return failures.slice(0, mostRuleImages);
  if (figure === 'flagged' || figure.startsWith('flagged.')) return flaggedOf(figure, summary);
  const [, column = ''] = /^(?:mean|median|p\d+|min|max)\.(.+)$/.exec(figure) ?? [];
  const extremes = summary.extremes[column];
  if (extremes === undefined) return [];
  const isLeast = comparison === '>=' || comparison === '>';
  const worst = isLeast ? extremes.lowest : extremes.highest;
  return worst
    .slice(0, mostRuleImages)
    .map(({ key, shard, row, value }) => ({ key, shard, row, words: valueWords(value) }));
}

function failuresOf(figure: string, { failures }: Summary): RuleImage[] | undefined {
  if (figure !== 'failed' && figure !== 'explained' && !figure.startsWith('failed_to_'))
    return undefined;
  return failures
    .filter(({ status }) => !figure.startsWith('failed_to_') || status === figure)
    .flatMap(({ reason, keys }) => keys.map((key) => ({ key, words: reason })));
}

function flaggedOf(figure: string, { flags }: Summary): RuleImage[] {
  const meant = flags.filter(
    ({ flag, count }) => count > 0 && (figure === 'flagged' || figure === `flagged.${flag}`),
  );
  const images = meant.flatMap(({ flag, exemplars }) =>
    exemplars.map(({ key, shard, row }) => ({ key, shard, row, words: flag })),
  );
  return images.slice(0, mostRuleImages);
}
