import { escapeHtml } from '../../report/html/html.ts';
import type { Comparison, ComparisonStep } from '../compare/comparison.ts';
import { changeWords, differenceWords } from '../compare/words/difference-words.ts';

/**
 * The comparison as JUnit XML, for the pages of CI servers: a suite for each step, a case for each figure and measure. None fails, since a comparison judges nothing;
 * `eigenfleet check` does.
 */
export function comparisonJunit(comparison: Comparison): string {
  const suites = comparison.steps.map((step) => suite(comparison, step));
  const tests = comparison.steps.reduce((sum, step) => sum + casesOf(step).length, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="eigenfleet compare" tests="${tests}" failures="0">\n${suites.join('\n')}\n</testsuites>\n`;
}

function suite({ runs }: Comparison, step: ComparisonStep): string {
  const name = escapeHtml(`${runs[step.from]?.label} -> ${runs[step.to]?.label}`);
  const cases = casesOf(step).map(
    ([id, words]) =>
      `    <testcase classname="${name}" name="${escapeHtml(id)}"><system-out>${escapeHtml(words)}</system-out></testcase>`,
  );
  return `  <testsuite name="${name}" tests="${cases.length}" failures="0">\n${cases.join('\n')}\n  </testsuite>`;
}

function casesOf({ figures, measures }: ComparisonStep): [id: string, words: string][] {
  return [
    ...figures.map((one): [string, string] => [
      one.name,
      `${one.words} ${changeWords(one)}${one.difference ? `, difference ${differenceWords(one.difference)}` : ''}`,
    ]),
    ...measures.map(({ column, words, mean, n }): [string, string] => [
      column,
      `${words}: mean difference ${differenceWords(mean.difference)} over ${n} images`,
    ]),
  ];
}
