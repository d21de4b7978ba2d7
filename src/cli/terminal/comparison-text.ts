import { mapWords, twoDigits, wholeNumber } from '../../report/words/wording.ts';
import type {
  ClassDifference,
  Comparison,
  ComparisonStep,
  FigureDifference,
} from '../../verdict/compare/comparison.ts';
import {
  changeWords,
  isClear,
  shareWords,
  signed,
} from '../../verdict/compare/words/difference-words.ts';
import type { Colors } from './colors.ts';
import { oneLine } from './screen-text.ts';

const mostClasses = 20;

/** A comparison as a terminal shows it: what changed in a few lines, the classes of the last step, how alike the maps are. */
export function comparisonText(comparison: Comparison, page: string, colors: Colors): string {
  const { title, headlines, steps } = comparison;
  const { bold, dim, green, yellow, red } = colors;
  const marks = {
    fine: green('\u2714'),
    note: dim('\u00b7'),
    look: yellow('!'),
    problem: red('\u2716'),
  };
  const lines = [title, ...headlines].map(({ text, tone }, i) => {
    const words = oneLine(text);
    return `${marks[tone]} ${i === 0 ? bold(words) : words}`;
  });
  const last = steps.at(-1);
  const blocks = last ? [classLines(last, colors), mapLines(last)] : [];
  return [
    '',
    ...lines,
    ...blocks.flatMap((block) => (block.length > 0 ? ['', ...block] : [])),
    '',
    `page: ${bold(page)}`,
  ].join('\n');
}

const judgedHead = [
  'class',
  ...['recall', 'difference', 'precision', 'difference', 'AP50'],
  ...['false positives', 'misses', 'objects'],
];

function classLines({ classes }: ComparisonStep, { bold, dim }: Colors): string[] {
  if (classes.length === 0) return [];
  const judged = classes.some(({ recall }) => recall !== undefined);
  const head = judged ? judgedHead : ['class', 'objects'];
  const rows = classes.slice(0, mostClasses).map((one) => classCells(one, judged));
  const note = judged ? [dim('* the 95 % interval of the difference excludes 0')] : [];
  const [first = '', ...rest] = aligned([head, ...rows]);
  return [bold(first), ...rest, ...note];
}

function classCells(one: ClassDifference, judged: boolean): string[] {
  const counts = (pair: readonly [number, number] | undefined) =>
    pair ? `${wholeNumber(pair[0])} -> ${wholeNumber(pair[1])}` : 'n/a';
  const ends = [counts(one.objects)];
  if (!judged) return [oneLine(one.name), ...ends];
  const [precision, recall, average] = [one.precision, one.recall, one.averagePrecision];
  return [
    oneLine(one.name),
    ...[...figureCells(recall), ...figureCells(precision), figureCells(average)[0] ?? ''],
    ...[counts(one.falsePositives), counts(one.misses), ...ends],
  ];
}

function figureCells(one: FigureDifference | undefined): [string, string] {
  if (one === undefined) return ['n/a', ''];
  const { difference } = one;
  if (difference === undefined) return [changeWords(one), ''];
  const star = isClear(difference) ? ' *' : '';
  return [changeWords(one), `${signed(difference.value, shareWords)}${star}`];
}

function mapLines({ maps }: ComparisonStep): string[] {
  if (maps === undefined || maps.layers.length === 0) return [];
  const rows = maps.layers.map(({ map, similarity, cka }) => [
    mapWords(map),
    twoDigits(similarity.median),
    `${twoDigits(similarity.p5)} to ${twoDigits(similarity.p95)}`,
    cka === undefined ? '' : twoDigits(cka),
  ]);
  return aligned([['maps', 'likeness', '5 to 95 %', 'CKA'], ...rows]);
}

/** Columns side by side: the first to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) =>
    Math.max(...rows.map((row) => (row[c] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
