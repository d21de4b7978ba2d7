import { className } from './class-words.ts';
import { flagWords } from './flag-words.ts';
import { visibleText } from './html.ts';
import { statusWords } from './status-words.ts';
import type { Headline, MeasureSummary, Summary } from './summary-schema.ts';
import { columnWords, figure, percent, shareInTable, wholeNumber } from './wording.ts';

const mostClasses = 20;
const mostReasons = 20;

/** summary.md: the summary as GitHub-flavored Markdown, good as the step summary of a workflow. Data is escaped. */
export function summaryMarkdown(summary: Summary): string {
  const blocks = [
    `# ${escapeMarkdown(summary.title.text)}`,
    `Data set ${code(summary.dataset.name)}, model ${code(summary.model.name)}, run ${code(summary.runId)}, planned ${summary.plannedAt.slice(0, 10)}.`,
    list(sentences(summary)),
    failures(summary),
    flags(summary),
    classes(summary),
    measures(summary),
    "Typical means the median. The boxes are the model's own: heat inside them is agreement of the model with itself, not correctness. A map is the strongest shared pattern of a layer, not a class and not a cause.",
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}

/** Data as Markdown text: what could start markup, a link, a table cell, an entity or HTML is made harmless. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_[\]{}()#+!|~$@-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, ':&#47;&#47;');
}

/** Data as code: with a fence longer than any run of backticks in it; `|` would end a table cell even there. */
function code(text: string): string {
  const visible = visibleText(text);
  if (visible.trim() === '') return '(no name)';
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${visible.replaceAll('|', '\\|')}${pad}${fence}`;
}

function sentences({ headlines, timings }: Summary): string[] {
  const time = timings.headline === undefined ? [] : [timings.headline];
  return [...headlines.map((one) => `${toneMark(one)}${escapeSentence(one.text)}`), ...time];
}

/** Our own sentences hold data only as numbers and, for classifiers, class names. */
function escapeSentence(text: string): string {
  return escapeMarkdown(text).replace(/\\([()\-!])/g, '$1');
}

function toneMark({ tone }: Headline): string {
  return tone === 'problem' || tone === 'look'
    ? `**${tone === 'look' ? 'Look' : 'Problem'}:** `
    : '';
}

function list(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : items.map((item) => `- ${item}`).join('\n');
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((name, i) => (i === 0 || name === '' ? '---' : '---:'));
  return [`## ${title}`, '', line(head), line(rule), ...rows.map(line)].join('\n');
}

function failures({ failures: reasons, counts }: Summary): string | undefined {
  if (reasons.length === 0) return undefined;
  const rows = reasons
    .slice(0, mostReasons)
    .map(({ reason, status, count, keys }) => [
      escapeMarkdown(reason),
      wholeNumber(count),
      escapeMarkdown(statusWords(status).remedy),
      keys.slice(0, 3).map(code).join(', '),
    ]);
  const rest = reasons.length - rows.length;
  const more = rest > 0 ? `\n\n${wholeNumber(rest)} more reasons in \`failures.jsonl\`.` : '';
  return `${table(`Failures: ${wholeNumber(counts.failed)} of ${wholeNumber(counts.images)}`, ['Reason', 'Images', 'What to do', 'Such as'], rows)}${more}`;
}

function flags({ flags: all, counts }: Summary): string | undefined {
  const raised = all.filter(({ count }) => count > 0);
  if (raised.length === 0) return undefined;
  const rows = raised.map(({ flag, count, rule }) => [
    flagWords[flag].label,
    wholeNumber(count),
    shareInTable(count, counts.explained),
    escapeSentence(rule),
  ]);
  return table('Images that deserve a look', ['Flag', 'Images', 'Share', 'Rule'], rows);
}

function classes({ classes: all, model }: Summary): string | undefined {
  const found = all.filter(({ objects }) => objects > 0);
  if (found.length === 0) return undefined;
  const counted = model.task === 'classify' ? 'Images on top' : 'Objects';
  const rows = found
    .slice(0, mostClasses)
    .map((one) => [
      escapeMarkdown(className(one)),
      wholeNumber(one.objects),
      wholeNumber(one.images),
      one.confidence === undefined ? 'not measured' : figure(one.confidence.quantiles.p50),
      one.boxArea === undefined ? 'not measured' : percent(one.boxArea.quantiles.p50),
    ]);
  const rest = found.length - rows.length;
  const more = rest > 0 ? `\n\n${wholeNumber(rest)} more classes in \`summary.json\`.` : '';
  const head = ['Class', counted, 'Images', 'Median confidence', 'Median size, % of image'];
  return `${table('Classes', head, rows)}${more}`;
}

/** What a reader asks first; all columns are in summary.json. */
const columns = [
  'energyInBoxes.fused',
  'boxLift.fused',
  'boxArea',
  'entropy.fused',
  'borderLift.fused',
  'layerAgreement',
  'detections',
  'confidence',
];

function measures(summary: Summary): string | undefined {
  const rows = columns.flatMap((column) => {
    const measure = summary.measures[column];
    return measure === undefined ? [] : [measureRow(column, measure)];
  });
  if (rows.length === 0) return undefined;
  return table('Measures', ['Measure', 'Images', '5 %', 'Median', '95 %'], rows);
}

function measureRow(column: string, { n, quantiles }: MeasureSummary): string[] {
  const { p5, p50, p95 } = quantiles;
  return [
    escapeSentence(columnWords(column)),
    wholeNumber(n),
    figure(p5),
    figure(p50),
    figure(p95),
  ];
}
