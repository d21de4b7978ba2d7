import type { TensorInfo } from './tensor-info.ts';
import { shapeText } from './tensor-shape.ts';

/**
 * How other tools lay out the answers of the same networks, as a clause about a file whose answer no head reads; `undefined` for what is none of them.
 *
 * @param classes as many as have names; 0 where none have
 */
export function foreignOutputs(
  outputs: readonly TensorInfo[],
  classes: number,
): string | undefined {
  return undecoded(outputs) ?? apart(outputs) ?? exchanged(outputs, classes);
}

/** As for accelerators, whose host decodes boxes. */
function undecoded(outputs: readonly TensorInfo[]): string | undefined {
  const isFeature = ({ shape }: TensorInfo) => shape.length === 4;
  if (!outputs.every(isFeature)) return undefined;
  return `answers with features that boxes are still to be decoded from (${shapesOf(outputs)})`;
}

function apart(outputs: readonly TensorInfo[]): string | undefined {
  const boxes = outputs.find(({ shape }) => shape.length === 3 && shape.includes(4));
  const scores = outputs.find(
    (one) => one !== boxes && one.shape.length === 3 && isBeside(one, boxes),
  );
  if (boxes === undefined || scores === undefined) return undefined;
  return `answers with boxes and scores in outputs of their own (${shapesOf([boxes, scores])})`;
}

/** One of the axes, of anchors, is as long. */
function isBeside({ shape }: TensorInfo, boxes: TensorInfo | undefined): boolean {
  return [1, 2].some((axis) => {
    const anchors = boxes?.shape[axis];
    return typeof anchors === 'number' && anchors > 4 && shape[axis] === anchors;
  });
}

/** Of detectors only: what more numbers are behind the scores does not matter, as they are refused. */
function exchanged([first]: readonly TensorInfo[], classes: number): string | undefined {
  const [, anchors, numbers] = first?.shape ?? [];
  if (first?.shape.length !== 3 || typeof numbers !== 'number' || classes === 0) return undefined;
  if (numbers !== 4 + classes || anchors === numbers) return undefined;
  return `has the axes of its output ${first.name} ${shapeText(first.shape)} exchanged, and [batch, 4 + classes, anchors] is expected`;
}

function shapesOf(outputs: readonly TensorInfo[]): string {
  const [first, ...more] = outputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`);
  return more.length < 3 ? [first, ...more].join(', ') : `${first} and ${more.length} more`;
}
