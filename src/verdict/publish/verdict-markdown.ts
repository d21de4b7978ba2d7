import {
  cellCode,
  code,
  escapeMarkdown,
  escapeSentence,
  type MarkdownColumn,
  numbers,
  table,
  words,
} from '../../report/markdown/markdown.ts';
import type { RuleOutcome, RuleResult, Verdict } from '../../report/summary/verdict-schema.ts';
import { changeWords, intervalWords, nWords, valueWords } from '../decide/rule-words.ts';

/** Images of a rule that is not met. */
const mostImages = 5;

const outcomeWords: Readonly<Record<RuleOutcome, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  undecided: '❔ could not tell',
};

const titles: Readonly<Record<RuleOutcome, string>> = {
  pass: 'Rules: passed',
  fail: 'Rules: failed',
  undecided: 'Rules: could not tell',
};

/** A comment for a pull request: the outcome, a table of the rules, the worst images of those that are not met, and where the report is. Data is escaped. */
export function verdictMarkdown(verdict: Verdict, report: string): string {
  const { outcome, sentence, rules, runId, against } = verdict;
  const compared = against === undefined ? '' : `, against ${code(against.runId)}`;
  const blocks = [
    table(
      titles[outcome],
      headOf(verdict),
      rules.map((rule) => row(rule, verdict)),
    ).replace('\n\n', `\n\n${escapeSentence(sentence)}\n\n`),
    ...rules.flatMap(worstImages),
    `Run ${code(runId)}${compared}. ${place(report)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function headOf({ against }: Verdict): MarkdownColumn[] {
  const figures = [numbers('Figure'), numbers('95 % interval'), numbers('On')];
  const before = against === undefined ? [] : [numbers('Baseline')];
  return [words('Verdict'), words('Rule'), ...figures, ...before];
}

function row(
  { rule, name, outcome, value, percent, interval, n, of, before, now }: RuleResult,
  { against }: Verdict,
): string[] {
  const isChange = before !== undefined;
  const shown =
    value === null ? 'none' : isChange ? changeWords(value, percent) : valueWords(value, percent);
  const baseline =
    before === undefined || before === null
      ? ''
      : `${valueWords(before, percent)} (now ${valueWords(now ?? 0, percent)})`;
  return [
    outcomeWords[outcome],
    name === undefined ? cellCode(rule) : `${escapeMarkdown(name)}: ${cellCode(rule)}`,
    shown,
    interval === undefined ? '' : intervalWords(interval, percent),
    n === 0 ? '' : nWords(n, of),
    ...(against === undefined ? [] : [baseline]),
  ];
}

function worstImages({ rule, outcome, sentence, images }: RuleResult): string[] {
  if (outcome === 'pass') return [];
  const list = images
    .slice(0, mostImages)
    .map(({ key, words: what }) => `- ${code(key)}: ${escapeMarkdown(what)}`);
  const head = `${code(rule)}: ${escapeSentence(sentence)}`;
  return [list.length === 0 ? head : `${head} Worst images:\n\n${list.join('\n')}`];
}

function place(report: string): string {
  return /^https?:\/\//.test(report)
    ? `[Report](<${report.replaceAll(/[<>\s]/g, encodeURIComponent)}>)`
    : `Report: ${code(report)}`;
}

const begin = '<!-- verdict -->';
const end = '<!-- /verdict -->';

/** Puts a verdict below the title of summary.md, in the place of the one that was there; `undefined` takes that away. */
export function withVerdictMarkdown(summary: string, block: string | undefined): string {
  const [from, to] = [summary.indexOf(begin), summary.indexOf(end)];
  const bare =
    from < 0 || to < from
      ? summary
      : summary.slice(0, from) + summary.slice(to + end.length).replace(/^\n+/, '');
  if (block === undefined) return bare;
  const title = bare.indexOf('\n\n') + 2;
  return `${bare.slice(0, title)}${begin}\n${block.trimEnd()}\n${end}\n\n${bare.slice(title)}`;
}
