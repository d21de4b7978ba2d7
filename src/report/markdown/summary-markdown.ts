import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { missingShardsOf } from '../summary/missing-shards.ts';
import type { ClassSummary, Headline, Summary } from '../summary/summary-schema.ts';
import { unreadableWords } from '../summary/unreadable-words.ts';
import { className } from '../words/class-words.ts';
import { remedyOf } from '../words/status-words.ts';
import { figure, percent, shareInTable, wholeNumber } from '../words/wording.ts';
import { evaluationMarkdown } from './evaluation-markdown.ts';
import {
  cellCode,
  code,
  escapeMarkdown,
  escapeSentence,
  numbers,
  table,
  words,
} from './markdown.ts';
import {
  inputsMarkdown,
  measuresMarkdown,
  stagesMarkdown,
  worstMarkdown,
} from './measures-markdown.ts';

const mostClasses = 20;
const mostReasons = 20;

/** summary.md: the summary as GitHub-flavored Markdown, good as the step summary of a workflow. Data is escaped. `out` is the URI of the results. */
export function summaryMarkdown(summary: Summary, out: string, evaluation?: Evaluation): string {
  const blocks = [
    `# ${escapeMarkdown(summary.title.text)}`,
    `Dataset ${code(summary.dataset.name)}, model ${code(summary.model.name)}, run ${code(summary.runId)}, planned ${summary.timings.plannedAt.slice(0, 10)}.`,
    summary.title.next === undefined ? undefined : escapeSentence(summary.title.next),
    list(sentences(summary)),
    evaluation && evaluationMarkdown(evaluation),
    counts(summary),
    missingShards(summary, out),
    unreadable(summary),
    failures(summary),
    remarks(summary),
    flags(summary),
    classes(summary),
    measuresMarkdown(summary),
    worstMarkdown(summary),
    inputsMarkdown(summary),
    stagesMarkdown(summary),
    closing(summary, evaluation),
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}

function closing({ model }: Summary, evaluation: Evaluation | undefined): string {
  const { findsObjects, words } = traitsOf(model.task);
  const boxes = findsObjects
    ? ` The ${words.form} are the model's own: heat inside them is agreement of the model with itself, not correctness.${evaluation ? ' A false positive is a box without a label: the object may be there and its label not.' : ''}`
    : '';
  return `Typical means the median.${boxes} A map is the strongest shared pattern of a layer, not a class and not a cause.`;
}

function sentences({ headlines, timings }: Summary): string[] {
  const time = timings.headline === undefined ? [] : [timings.headline];
  const shown = headlines.map((one) => `${toneMark(one)}${escapeSentence(withNext(one))}`);
  return [...shown, ...time];
}

function withNext({ text, next }: Headline): string {
  return next === undefined ? text : `${text} ${next}`;
}

function toneMark({ tone }: Headline): string {
  return tone === 'problem' || tone === 'look'
    ? `**${tone === 'look' ? 'Look' : 'Problem'}:** `
    : '';
}

function list(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : items.map((item) => `- ${item}`).join('\n');
}

function counts({ counts: all }: Summary): string {
  const { images, explained, failed, flagged, objects, imagesWithObjects = 0 } = all;
  const found = objects === undefined ? {} : { objects, 'with objects': imagesWithObjects };
  const named = { images, explained, failed, flagged, ...found };
  const head = Object.keys(named).map((name) => numbers(name));
  return table('Counts', head, [Object.values(named).map(wholeNumber)]);
}

function missingShards(summary: Summary, out: string): string | undefined {
  const missing = missingShardsOf(summary, out);
  if (missing === undefined) return undefined;
  const rows = missing.shown.map(({ shard, reason }) => [`${shard}`, escapeMarkdown(reason)]);
  const total = wholeNumber(summary.failedShards.length);
  const shards = table(`Shards that failed: ${total}`, [numbers('Shard'), words('Reason')], rows);
  const more = missing.rest === undefined ? '' : `\n\n${escapeSentence(missing.rest)}.`;
  return `${shards}${more}\n\nRetry them with ${code(missing.retry)}.`;
}

function unreadable(summary: Summary): string | undefined {
  const words = unreadableWords(summary);
  return words && list(words.places.map((place) => escapeMarkdown(place)));
}

function failures({ failures: reasons, counts }: Summary): string | undefined {
  if (reasons.length === 0) return undefined;
  const rows = reasons
    .slice(0, mostReasons)
    .map(({ reason, status, count, keys }) => [
      escapeMarkdown(reason),
      wholeNumber(count),
      escapeSentence(remedyOf(status, reason)),
      keys.slice(0, 3).map(cellCode).join(', '),
    ]);
  const rest = reasons.length - rows.length;
  const more = rest > 0 ? `\n\n${wholeNumber(rest)} more reasons in \`failures.jsonl\`.` : '';
  return `${table(`Failures: ${wholeNumber(counts.failed)} of ${wholeNumber(counts.images)}`, [words('Reason'), numbers('Images'), words('What to do'), words('Examples')], rows)}${more}`;
}

function remarks({ remarks: all = [] }: Summary): string | undefined {
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, mostReasons)
    .map(({ reason, count, keys }) => [
      escapeMarkdown(reason),
      wholeNumber(count),
      keys.slice(0, 3).map(cellCode).join(', '),
    ]);
  return table(
    'Remarks on explained images',
    [words('Remark'), numbers('Images'), words('Examples')],
    rows,
  );
}

function flags({ flags: all, counts }: Summary): string | undefined {
  const raised = all.filter(({ count }) => count > 0);
  if (raised.length === 0) return undefined;
  const rows = raised.map(({ flag, count, rule }) => [
    flagCatalog[flag].label,
    wholeNumber(count),
    shareInTable(count, counts.explained),
    escapeSentence(rule),
  ]);
  return table(
    'Images that deserve a look',
    [words('Flag'), numbers('Images'), numbers('Share'), words('Rule')],
    rows,
  );
}

function classes({ classes: all, model }: Summary): string | undefined {
  const found = all.filter(({ objects }) => objects > 0);
  if (found.length === 0) return undefined;
  const { counted } = traitsOf(model.task).words;
  const withEvidence = found.some(({ evidence }) => evidence !== undefined);
  const rows = found
    .slice(0, mostClasses)
    .map((one) => [
      escapeMarkdown(className(one)),
      wholeNumber(one.objects),
      wholeNumber(one.images),
      one.confidence === undefined ? 'not measured' : figure(one.confidence.quantiles.p50),
      one.boxArea === undefined ? 'not measured' : percent(one.boxArea.quantiles.p50),
      ...(withEvidence ? evidenceFigures(one) : []),
    ]);
  const rest = found.length - rows.length;
  const more = rest > 0 ? `\n\n${wholeNumber(rest)} more classes in \`summary.json\`.` : '';
  const right = [counted, 'Images', 'Median confidence', 'Median size, % of image'];
  if (withEvidence) right.push(...evidenceColumns);
  const head = [words('Class'), ...right.map(numbers)];
  return `${table('Classes', head, rows)}${more}`;
}

/** Self-agreement of scores and boxes: medians over the images. */
const evidenceColumns = [
  'Evidence in its own objects: lift',
  'Of at most',
  'Share of the attainable',
  'Over other images',
];

function evidenceFigures({ evidence }: ClassSummary): string[] {
  const { lift, ceiling, attainable } = evidence ?? {};
  const medians = [lift, ceiling, attainable].map((one) => one?.quantiles.p50);
  return [...medians, evidence?.otherImagesLift].map((value) =>
    value === undefined ? 'not measured' : figure(value),
  );
}
