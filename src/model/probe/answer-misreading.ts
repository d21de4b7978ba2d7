import type { HeadAnswer } from '../head/heads.ts';

/** Pixels. */
interface Input {
  readonly inputHeight: number;
  readonly inputWidth: number;
}

/** What a made image tells of an answer that may be laid out otherwise than its shape says. */
interface Seen {
  readonly scores: ArrayLike<number>;
  /** x of the first corner or center, y, and the two numbers behind them; of every box. */
  readonly boxes: readonly Float32Array[];
}

/** Rounding, as of float16 and of what a quantizer cuts off. */
const slack = 0.02;
/** Of shares, a corner or center may lie outside the image. */
const farthestShare = 2;
const smallestInput = 32;

/**
 * How the numbers of an answer contradict what is read in them, as a clause about the model; `undefined` where nothing does. The shape of an output says how many numbers a box
 * has, and not what they are: exports of other tools have the same shapes with corners for centers, shares for pixels, logits for scores.
 */
export function answerMisreading(answer: HeadAnswer, input: Input): string | undefined {
  const seen = seenOf(answer);
  if (seen === undefined || seen.boxes.some((column) => !column.every(Number.isFinite))) return;
  const { scores, boxes } = seen;
  const range = rangeOf(scores);
  if (Number.isNaN(range.least + range.greatest)) return undefined;
  if (range.least < -slack || range.greatest > 1 + slack) {
    return `its scores are from ${range.least.toPrecision(2)} to ${range.greatest.toPrecision(2)}, and not from 0 to 1: the graph lacks the sigmoid or softmax`;
  }
  const areRows = 'rows' in answer.arrays;
  // One box over the whole image may begin at its first pixel. Boxes of all anchors may be several times as large as the input.
  const places = areRows ? boxes : boxes.slice(0, 2);
  if (areShares(places, input)) return 'its boxes are shares of the input, and not pixels';
  if ('angles' in answer.arrays && areDegrees(answer.arrays.angles)) {
    return 'its angles go beyond a full turn of radians, as degrees do';
  }
  if (areRows) return rowsMisreading(scores, input);
  return anchorsMisreading(boxes, input);
}

function seenOf(answer: HeadAnswer): Seen | undefined {
  if (answer.kind === 'none' || answer.kind === 'queries') return undefined;
  const { arrays } = answer;
  if ('probabilities' in arrays) return { scores: arrays.probabilities, boxes: [] };
  if ('boxes' in arrays) {
    const { boxes, scores } = arrays;
    const count = boxes.length / 4;
    const column = (at: number) => boxes.subarray(at * count, (at + 1) * count);
    return { scores, boxes: [0, 1, 2, 3].map(column) };
  }
  const { columns } = answer as { readonly columns: number };
  const column = (at: number) => arrays.rows.filter((_, place) => place % columns === at);
  return { scores: column(4), boxes: [0, 1, 2, 3].map(column) };
}

function rangeOf(values: ArrayLike<number>): {
  readonly least: number;
  readonly greatest: number;
} {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    greatest = Math.max(greatest, values[i]!);
  }
  return { least, greatest };
}

/** Ultralytics' radians are those of -45 to 135 degrees. */
function areDegrees(angles: Float32Array): boolean {
  return angles.some((angle) => Math.abs(angle) > 2 * Math.PI);
}

function areShares(places: Seen['boxes'], { inputHeight, inputWidth }: Input): boolean {
  if (places.length === 0 || Math.min(inputHeight, inputWidth) < smallestInput) return false;
  const greatest = Math.max(...places.map((column) => rangeOf(column).greatest));
  return greatest > 0 && greatest <= farthestShare;
}

/** Finished rows are the best ones first. A row for every anchor, in the order of the anchors, was never suppressed. */
function rowsMisreading(scores: ArrayLike<number>, input: Input): string | undefined {
  if (anchorCenters(scores.length, input) === undefined) return undefined;
  for (let row = 1; row < scores.length; row++) {
    if (scores[row]! > scores[row - 1]! + slack) {
      return `its ${scores.length} rows are all anchors in their own order, and not finished detections`;
    }
  }
  return undefined;
}

/**
 * Anchors lie in the middle of their boxes, more or less. So for centers the first numbers are near the anchors, and for corners the means of both corners are.
 */
function anchorsMisreading([x1, y1, x2, y2]: Seen['boxes'], input: Input): string | undefined {
  const centers = anchorCenters(x1?.length ?? 0, input);
  if (centers === undefined || !x1 || !y1 || !x2 || !y2) return undefined;
  let [first, middle, turned] = [0, 0, 0];
  for (const [at, { x, y }] of centers.entries()) {
    first += Math.abs(x1[at]! - x) + Math.abs(y1[at]! - y);
    turned += Math.abs(y1[at]! - x) + Math.abs(x1[at]! - y);
    middle += Math.abs((x1[at]! + x2[at]!) / 2 - x) + Math.abs((y1[at]! + y2[at]!) / 2 - y);
  }
  if (middle < first / 2) return 'its boxes have corners where centers and sizes are expected';
  return turned < first / 2 ? 'its boxes have y before x' : undefined;
}

/** Pixels a cell of the levels that YOLO's heads read, in their order. */
const usualStrides = [
  [8, 16, 32],
  [4, 8, 16, 32],
  [8, 16, 32, 64],
  [16, 32],
] as const;

/** The middles of all cells, in the order of the answer; `undefined` where this many are of no usual head. */
function anchorCenters(
  count: number,
  { inputHeight, inputWidth }: Input,
): { readonly x: number; readonly y: number }[] | undefined {
  const sizes = (stride: number) => [
    Math.ceil(inputHeight / stride),
    Math.ceil(inputWidth / stride),
  ];
  const cells = (stride: number) => sizes(stride).reduce((product, side) => product * side, 1);
  const strides = usualStrides.find(
    (each) => each.reduce((sum, stride) => sum + cells(stride), 0) === count,
  );
  return strides?.flatMap((stride) => {
    const [down = 0, across = 0] = sizes(stride);
    return Array.from({ length: down * across }, (_, cell) => ({
      x: ((cell % across) + 0.5) * stride,
      y: (Math.floor(cell / across) + 0.5) * stride,
    }));
  });
}
