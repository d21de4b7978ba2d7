import type { AveragePrecision, Evaluation } from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import { scoredClasses } from '../findings/evaluation-parts.ts';
import { figureInWords, noValue } from '../findings/score-words.ts';
import { className } from '../words/class-words.ts';
import { counted, wholeNumber } from '../words/wording.ts';
import { code, escapeMarkdown, numbers, table, words } from './markdown.ts';

const mostClasses = 20;

/** What the model is worth against its labels, by class, most labels first. */
export function evaluationMarkdown(evaluation: Evaluation): string {
  const { detection, labels } = evaluation;
  const classes = [...scoredClasses(evaluation)].sort(
    (a, b) => b.labels - a.labels || b.fp - a.fp || a.classId - b.classId,
  );
  const ranked = (detection?.precisions.length ?? 0) > 0;
  const rows = classes
    .slice(0, mostClasses)
    .map((one) => [
      escapeMarkdown(className(one)),
      ...[one.labels, one.tp, one.fp, one.fn].map(wholeNumber),
      ...[one.precision, one.recall, one.f1].map((figure) => figureInWords(figure)),
      ...(ranked ? averages('precisions' in one ? one.precisions : []) : []),
    ]);
  if (detection !== undefined) {
    const { tp, fp, fn, precision, recall, f1, precisions } = detection;
    rows.push([
      '**All classes**',
      ...[labels.objects, tp, fp, fn].map(wholeNumber),
      ...[precision, recall, f1].map((figure) => figureInWords(figure)),
      ...(ranked ? averages(precisions) : []),
    ]);
  }
  const heads = ['Labels', 'Found', 'False positives', 'Misses', 'Precision', 'Recall', 'F1'];
  const name = detection?.apName === 'mAP' ? 'AP' : (detection?.apName ?? 'AP');
  if (ranked) heads.push(`${name} 50`, `${name} 50-95`);
  const body = table('Evaluation', [words('Class'), ...heads.map(numbers)], rows);
  const hidden = classes.length - Math.min(classes.length, mostClasses);
  const more =
    hidden > 0
      ? `\n\n${counted(hidden, 'more class', 'more classes')} in \`evaluation.json\`.`
      : '';
  return `${body}${more}\n\n${basis(evaluation)}`;
}

function averages([main]: readonly AveragePrecision[]): string[] {
  const words = (figure: Figure | undefined) =>
    figure === undefined ? noValue : figureInWords(figure, 3);
  return [words(main?.ap50), words(main?.ap50To95)];
}

function basis({ labels, groups, rules }: Evaluation): string {
  const images = `${counted(labels.labeled, 'labeled image')}, ${wholeNumber(labels.background)} labeled as empty, ${wholeNumber(labels.unusable)} with labels that cannot be used`;
  const ranges =
    groups.count < 5
      ? 'No intervals: fewer than 5 groups.'
      : `Ranges are 95 % intervals over ${counted(groups.count, 'group')} (${code(groups.by)}).`;
  return `${images}. Matched at IoU ${rules.iouThreshold} as ${escapeMarkdown(rules.like)}. ${ranges}`;
}
