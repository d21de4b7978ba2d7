import {
  code,
  escapeMarkdown,
  escapeSentence,
  numbers,
  table,
  words,
} from '../../report/markdown/markdown.ts';
import { mapWords, twoDigits, wholeNumber } from '../../report/words/wording.ts';
import { isOfImage } from '../../shared/catalog/measure-column.ts';
import type {
  ClassDifference,
  Comparison,
  ComparisonStep,
  FigureDifference,
} from '../compare/comparison.ts';
import {
  changeWords,
  differenceWords,
  isClear,
  measureValueWords,
  shareWords,
} from '../compare/words/difference-words.ts';

const mostClasses = 20;
const mostMeasures = 12;

/** comparison.md: GitHub-flavored Markdown, good as a comment on a pull request. Data is escaped. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { title, headlines, runs, steps } = comparison;
  const names = runs.map(
    ({ label, model, dataset }) => `${code(label)} (${code(model.name)} on ${code(dataset.name)})`,
  );
  const blocks = [
    `# ${escapeMarkdown(title.text)}`,
    `Runs: ${names.join(', ')}.`,
    headlines
      .map(({ text, tone }) => `- ${tone === 'look' ? '**Look:** ' : ''}${escapeSentence(text)}`)
      .join('\n'),
    ...[...steps].reverse().flatMap((step) => stepBlocks(comparison, step)),
    'Differences are the latter run minus the former, with 95 % intervals over groups of images in parentheses; bold where the interval excludes 0. A map is the strongest shared pattern of a layer, not a class and not a cause.',
  ];
  return `${blocks.filter((block) => block !== undefined && block !== '').join('\n\n')}\n`;
}

function stepBlocks({ runs }: Comparison, step: ComparisonStep): (string | undefined)[] {
  const name = `${escapeMarkdown(runs[step.from]?.label ?? '')} to ${escapeMarkdown(runs[step.to]?.label ?? '')}`;
  return [classTable(name, step), mapTable(name, step), measureTable(name, step)];
}

function classTable(name: string, { classes }: ComparisonStep): string | undefined {
  if (classes.length === 0) return undefined;
  const judged = classes.some(({ recall }) => recall !== undefined);
  const head = judged
    ? [
        'Recall',
        'Difference',
        'Precision',
        'Difference',
        'AP50',
        'False positives',
        'Misses',
        'Objects',
      ]
    : ['Objects'];
  const rows = classes
    .slice(0, mostClasses)
    .map((one) => [escapeMarkdown(one.name), ...classCells(one, judged)]);
  return table(`Classes, ${name}`, [words('Class'), ...head.map(numbers)], rows);
}

function classCells(one: ClassDifference, judged: boolean): string[] {
  const { recall, precision, averagePrecision, falsePositives, misses, objects } = one;
  const counts = (pair: readonly [number, number] | undefined) =>
    pair ? arrow(`${wholeNumber(pair[0])} -> ${wholeNumber(pair[1])}`) : 'n/a';
  if (!judged) return [counts(objects)];
  const pair = (figure: FigureDifference | undefined) => [
    figure ? arrow(changeWords(figure)) : 'n/a',
    figure?.difference
      ? bold(figure.difference, differenceWords(figure.difference, shareWords))
      : '',
  ];
  return [
    ...pair(recall),
    ...pair(precision),
    averagePrecision ? arrow(changeWords(averagePrecision)) : 'n/a',
    ...[counts(falsePositives), counts(misses), counts(objects)],
  ];
}

function mapTable(name: string, { maps }: ComparisonStep): string | undefined {
  if (maps === undefined || maps.layers.length === 0) return undefined;
  const rows = maps.layers.map(({ map, similarity, cka }) => [
    escapeMarkdown(mapWords(map)),
    twoDigits(similarity.median),
    `${twoDigits(similarity.p5)} to ${twoDigits(similarity.p95)}`,
    cka === undefined ? '' : twoDigits(cka),
  ]);
  const head = [
    words('Map'),
    numbers('Likeness, median'),
    numbers('5 to 95 %'),
    numbers('Linear CKA'),
  ];
  return table(`Maps, ${name}`, head, rows);
}

/** Of the measures of images and fused maps those that changed clearly, else the first ones. */
function measureTable(name: string, { measures }: ComparisonStep): string | undefined {
  const shown = measures.filter(({ column }) => isOfImage(column)).slice(0, mostMeasures);
  if (shown.length === 0) return undefined;
  const rows = shown.map((one) => {
    const { mean } = one;
    const said = (value: number) => measureValueWords(one, value);
    return [
      one.words,
      wholeNumber(one.n),
      arrow(`${said(mean.from)} -> ${said(mean.to)}`),
      bold(mean.difference, differenceWords(mean.difference)),
    ];
  });
  const head = [words('Measure'), numbers('Images'), numbers('Mean'), numbers('Difference')];
  return table(`Measures, ${name}`, head, rows);
}

function bold(difference: Parameters<typeof isClear>[0], text: string): string {
  return isClear(difference) ? `**${text}**` : text;
}

function arrow(text: string): string {
  return text.replace('->', '\u2192');
}
