import { type MissingShards, missingShardsOf } from '../../report/summary/missing-shards.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { unreadableWords } from '../../report/summary/unreadable-words.ts';
import type { Verdict } from '../../report/summary/verdict-schema.ts';
import { oneLine } from './screen-text.ts';
import type { Terminal } from './terminal.ts';
import { verdictClosing } from './verdict-closing.ts';

export interface RunClosing {
  readonly summary: Summary;
  /** URI of the results. */
  readonly out: string;
  /** Path of report.html. */
  readonly report: string;
  readonly json: boolean;
  readonly terminal: Terminal;
  /** Of the rules, where the run has some. */
  readonly verdict?: Verdict | undefined;
}

/** Prints the end of a run: the findings in a few lines, and where the report is; or the summary as JSON. */
export function runClosing(closing: RunClosing): string {
  const { summary, out, report, json, terminal, verdict } = closing;
  if (json) return JSON.stringify({ ...summary, report, ...(verdict && { verdict }) });
  const { bold, dim, yellow, red, green } = terminal.colors;
  const marks = { fine: green('✔'), note: dim('·'), look: yellow('!'), problem: red('✖') };
  const lines = [summary.title, ...summary.headlines].map(({ text, next, tone }, index) => {
    const words = index === 0 ? bold(text) : text;
    const advice = index === 0 ? `.\n  ${dim(next ?? '')}` : ` ${dim(next ?? '')}`;
    return `${marks[tone]} ${words}${next === undefined ? '' : advice}`;
  });
  const { failures: failed, remarks = [] } = summary;
  const reasons = [...failed.slice(0, 5), ...remarks.slice(0, 3)];
  const failures = reasons.map(({ reason, count, keys }) => {
    const [first] = keys;
    return `  ${count} x ${oneLine(reason)}${first === undefined ? '' : dim(` (${oneLine(first)})`)}`;
  });
  const shards = [
    ...shardLines(missingShardsOf(summary, out)),
    ...(unreadableWords(summary)?.places ?? []).map((place) => `  ${oneLine(place)}`),
  ];
  const rules = verdict === undefined ? [] : ['', verdictClosing(verdict, terminal)];
  return ['', ...lines, ...shards, ...failures, ...rules, '', `report: ${bold(report)}`].join('\n');
}

function shardLines(missing: MissingShards | undefined): string[] {
  if (missing === undefined) return [];
  const { shown, rest, retry } = missing;
  return [
    ...shown.map(({ shard, reason }) => `  shard ${shard}: ${oneLine(reason)}`),
    ...(rest === undefined ? [] : [`  ${rest}`]),
    `  retry them: ${oneLine(retry)}`,
  ];
}
