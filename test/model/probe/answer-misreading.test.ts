import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeadAnswer } from '../../../src/model/head/heads.ts';
import { answerMisreading } from '../../../src/model/probe/answer-misreading.ts';

const input = { inputHeight: 64, inputWidth: 128 };

/** The middle of every cell of strides 8, 16 and 32, and a box about it: 168 anchors. */
const anchors = [8, 16, 32].flatMap((stride) => {
  const across = input.inputWidth / stride;
  return Array.from({ length: (across * input.inputHeight) / stride }, (_, cell) => {
    const [x, y] = [(cell % across) + 0.5, Math.floor(cell / across) + 0.5];
    const [left, right] = [1 + (cell % 3), 1 + (cell % 4)];
    return { x: x * stride, y: y * stride, left: left * stride, right: right * stride };
  });
});

type Numbers = (anchor: (typeof anchors)[number]) => readonly [number, number, number, number];

const centers: Numbers = ({ x, y, left, right }) => {
  const shift = (right - left) / 2;
  return [x + shift, y + shift, left + right, left + right];
};
const corners: Numbers = ({ x, y, left, right }) => [x - left, y - left, x + right, y + right];

const half = () => 0.5;

function anchorsAnswer(numbers: Numbers, score: (anchor: number) => number = half): HeadAnswer {
  const rows = anchors.map(numbers);
  const boxes = Float32Array.from([0, 1, 2, 3].flatMap((at) => rows.map((row) => row[at] ?? 0)));
  return {
    kind: 'detect',
    arrays: { boxes, scores: Float32Array.from(anchors, (_, i) => score(i)) },
  };
}

function rowsAnswer(count: number, score: (row: number) => number): HeadAnswer {
  const rows = anchors.slice(0, count).map((one, row) => [...corners(one), score(row), 1]);
  return { kind: 'nms', columns: 6, arrays: { rows: Float32Array.from(rows.flat()) } };
}

const misreading = (answer: HeadAnswer) => answerMisreading(answer, input);

test('boxes of centers and sizes in pixels are what is expected', () => {
  assert.equal(misreading(anchorsAnswer(centers)), undefined);
});

test('boxes of corners have the shape of boxes of centers, and lie elsewhere about their anchors', () => {
  assert.match(misreading(anchorsAnswer(corners)) ?? '', /corners where centers/);
});

test('boxes whose y comes first lie mirrored about the diagonal', () => {
  const turned: Numbers = (anchor) => {
    const [x, y, w, h] = centers(anchor);
    return [y, x, h, w];
  };
  assert.match(misreading(anchorsAnswer(turned)) ?? '', /have y before x/);
});

test('boxes that never reach 2 are shares of the input, not pixels', () => {
  const shares: Numbers = (anchor) => {
    const [x, y, w, h] = centers(anchor);
    return [x / 128, y / 64, w / 128, h / 64];
  };
  assert.match(misreading(anchorsAnswer(shares)) ?? '', /shares of the input/);
});

test('finished boxes are shares where no corner reaches 2, not where one box begins at the first pixel', () => {
  const rows = (...box: readonly number[]): HeadAnswer => {
    const unused = [0, 0, 0, 0, 0, 0];
    const values = Float32Array.from([...box, 0.9, 1, ...unused]);
    return { kind: 'nms', columns: 6, arrays: { rows: values } };
  };
  assert.equal(misreading(rows(0.7, 1.2, 127, 63)), undefined);
  assert.match(misreading(rows(0.1, 0.2, 0.9, 1)) ?? '', /shares of the input/);
});

test('scores outside 0 to 1 are no probabilities, of boxes and of classes', () => {
  const logits = anchorsAnswer(centers, (anchor) => (anchor % 9) - 6);
  assert.match(misreading(logits) ?? '', /from -6\.0 to 2\.0.*lacks the sigmoid/);
  const probabilities = Float32Array.of(4, -1);
  const classes: HeadAnswer = { kind: 'classify', arrays: { probabilities } };
  assert.match(misreading(classes) ?? '', /softmax/);
});

test('angles of more than a full turn are degrees, not radians', () => {
  const answer = (...turned: readonly number[]): HeadAnswer => {
    const { arrays } = anchorsAnswer(centers) as Extract<HeadAnswer, { kind: 'detect' }>;
    const angles = Float32Array.from(anchors, (_, at) => turned[at % turned.length] ?? 0);
    return { kind: 'obb', arrays: { ...arrays, angles } };
  };
  assert.match(misreading(answer(-44, 3, 120)) ?? '', /angles go beyond .*as degrees do/);
  assert.equal(misreading(answer(-0.7, 2.3, Number.NaN)), undefined);
});

test('rows in the order of all anchors were never suppressed; the best ones first are finished', () => {
  const unordered = (row: number) => ((row * 7) % 10) / 10;
  assert.match(misreading(rowsAnswer(168, unordered)) ?? '', /168 rows are all anchors/);
  assert.equal(misreading(rowsAnswer(168, (row) => 1 - row / 168)), undefined);
  assert.equal(misreading(rowsAnswer(100, unordered)), undefined, 'class by class, perhaps');
});

test('an answer of numbers that are not finite says nothing of its layout', () => {
  assert.equal(misreading(anchorsAnswer(centers, () => Number.NaN)), undefined);
  assert.equal(misreading(anchorsAnswer(() => [Number.NaN, 0, 0, 0])), undefined);
});
