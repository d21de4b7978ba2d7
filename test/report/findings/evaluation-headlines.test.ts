import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluation } from '../../../src/evaluate/result/evaluation.ts';
import type { Figure } from '../../../src/evaluate/result/figure.ts';
import { withEvaluation } from '../../../src/report/findings/evaluation-headlines.ts';
import { scoreWords } from '../../../src/report/findings/score-words.ts';
import { summarize } from '../../../src/report/summary/summary.ts';
import { madeEvaluation } from '../../support/made-evaluation.ts';
import {
  type MadeRowsOptions,
  madeRows,
  madeSpec,
  madeStatistics,
} from '../../support/made-run.ts';

function summaryOf(options: MadeRowsOptions) {
  return summarize({
    ...{ spec: madeSpec(options), statistics: madeStatistics(madeRows(options), 256, false) },
    timings: { stagesMs: {}, wallMs: 1 },
    devices: {},
  });
}

const share = (value: number, n: number): Figure => ({ value, n, of: 'objects' });

/** Classes RBC, WBC and Platelets with counts of hits, false positives and misses. */
function evaluationOf(
  counts: readonly (readonly [tp: number, fp: number, fn: number])[],
  apName = 'mAP',
): Evaluation {
  const { evaluation } = madeEvaluation(madeSpec(), []);
  const detection = evaluation.detection!;
  const classes = detection.classes.map((one, i) => {
    const [tp = 0, fp = 0, fn = 0] = counts[i] ?? [];
    const figures = {
      precision: share(tp / (tp + fp), tp + fp),
      recall: share(tp / (tp + fn), tp + fn),
    };
    return { ...one, tp, fp, fn, labels: tp + fn, ...figures };
  });
  const sum = (name: 'tp' | 'fp' | 'fn') => classes.reduce((total, one) => total + one[name], 0);
  const whole = { tp: sum('tp'), fp: sum('fp'), fn: sum('fn'), apName };
  const precisions = [
    { form: 'box' as const, ap50: share(0.5521, 100), ap50To95: share(0.28, 100) },
  ];
  return { ...evaluation, detection: { ...detection, ...whole, classes, precisions } };
}

describe('the first sentences of an evaluated run', () => {
  it('are about the class that is hardly found, as a problem', () => {
    const { title, headlines } = withEvaluation(
      summaryOf({ images: 24 }),
      evaluationOf([
        [500, 720, 20],
        [80, 9, 5],
        [7, 1, 54],
      ]),
    );
    assert.equal(title.text, 'Platelets: 7 of 61 labeled ones found, recall 0.11');
    assert.deepEqual([title.tone, title.proof], ['problem', 'objects-fn-2']);
    const [first, second] = headlines;
    assert.equal(first?.text, 'RBC: 720 false positives among 1,220 boxes, precision 0.41.');
    assert.deepEqual([first?.tone, first?.proof], ['problem', 'objects-fp-0']);
    assert.match(
      second!.text,
      /^mAP50 0\.552: 587 of 666 labeled objects found, 730 boxes without a label\.$/,
    );
  });

  it('name every class that is hardly found, the worst first', () => {
    const none = evaluationOf([
      [0, 0, 967],
      [20, 0, 67],
      [1, 0, 82],
    ]);
    const { title } = withEvaluation(summaryOf({ images: 87, classes: 3 }), none);
    assert.equal(title.text, 'RBC: 0 of 967 labeled ones found, recall 0.00');
    assert.match(title.next ?? '', /^Platelets 0\.01 and WBC 0\.23 are below 0\.5 too\. /);
  });

  it('differ for a better checkpoint', () => {
    const { title, headlines } = withEvaluation(
      summaryOf({ images: 24 }),
      evaluationOf([
        [500, 60, 20],
        [80, 9, 5],
        [50, 4, 11],
      ]),
    );
    assert.match(title.text, /^mAP50 0\.552: 630 of 666/);
    assert.equal(title.tone, 'note');
    assert.match(
      headlines[0]!.text,
      /lowest recall of a class is 0\.82: Platelets, 50 of 61 found/,
    );
  });

  it('never call AP above a threshold mAP', () => {
    const { title } = withEvaluation(
      summaryOf({ images: 24 }),
      evaluationOf(
        [
          [500, 60, 20],
          [80, 9, 5],
          [50, 4, 11],
        ],
        'AP above 0.25',
      ),
    );
    assert.match(title.text, /^AP above 0\.25 \(IoU 0\.5\) 0\.552/);
  });

  it('make no headline of a class with a few labels', () => {
    const { title } = withEvaluation(
      summaryOf({ images: 24 }),
      evaluationOf([
        [500, 60, 20],
        [80, 9, 5],
        [1, 0, 5],
      ]),
    );
    assert.match(title.text, /^mAP50/);
  });

  it('come after trouble with the run', () => {
    const failed = () => ({ status: 'failed_to_decode', reason: 'The image is empty.' }) as const;
    const options = { images: 30, failed: (i: number) => (i < 9 ? failed() : undefined) };
    const evaluation = evaluationOf([
      [500, 720, 20],
      [80, 9, 5],
      [7, 1, 54],
    ]);
    const { title, headlines } = withEvaluation(summaryOf(options), evaluation);
    assert.match(title.text, /^9 of 30 images failed/);
    assert.match(headlines[0]!.text, /^Platelets: 7 of 61/);
  });

  it('tell of labels that cannot be used, and never to put labels where some are', () => {
    const plain = summaryOf({ images: 24 });
    const words = ({ title, headlines }: typeof plain) =>
      [title, ...headlines].map(({ text, next = '' }) => `${text} ${next}`).join('\n');
    assert.match(words(plain), /put labels beside the images/);
    const nothing = madeEvaluation(madeSpec(), []).evaluation;
    const unusable = { ...nothing, labels: { ...nothing.labels, unusable: 24 } };
    const said = words(withEvaluation(plain, unusable));
    assert.match(
      said,
      /\nThe labels of 24 images cannot be used, so nothing is judged\. The remarks/,
    );
    assert.doesNotMatch(said, /put labels/);
    const judged = evaluationOf([[500, 60, 20]]);
    assert.doesNotMatch(
      words(withEvaluation(plain, { ...judged, labels: { ...judged.labels, labeled: 24 } })),
      /put labels/,
    );
  });

  it('are those of the run where nothing was labeled', () => {
    const summary = summaryOf({ images: 24 });
    assert.equal(withEvaluation(summary, undefined), summary);
    const nothing = madeEvaluation(madeSpec(), []).evaluation;
    assert.deepEqual(withEvaluation(summary, nothing).title, summary.title);
  });
});

describe('a score in words', () => {
  it('has fixed decimals, and is never nothing for something or all for less', () => {
    assert.deepEqual(
      [0, 0.004, 0.1, 0.554, 0.998, 1].map((value) => scoreWords(value)),
      ['0.00', '0.004', '0.10', '0.55', 'over 0.99', '1.00'],
    );
  });
});
