import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RotatedCandidate } from '../../../src/model/candidates/nearby-gaussians.ts';
import { suppressRotated } from '../../../src/model/candidates/rotated-suppression.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const maxDetections = Number.POSITIVE_INFINITY;

interface Gaussian {
  readonly x: number;
  readonly y: number;
  /** The covariance: `a` and `b` along the axes, `c` between them. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

function gaussian({ centerX, centerY, width, height, angle }: RotatedCandidate): Gaussian {
  const [along, across] = [width ** 2 / 12, height ** 2 / 12];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    ...{ x: centerX, y: centerY },
    a: along * cos * cos + across * sin * sin,
    b: along * sin * sin + across * cos * cos,
    c: (along - across) * cos * sin,
  };
}

/** 1 minus the Hellinger distance: `batch_probiou` of Ultralytics 8.4.190. */
function probiou(p: Gaussian, q: Gaussian): number {
  const [a, b, c] = [p.a + q.a, p.b + q.b, p.c + q.c];
  const whole = a * b - c * c;
  const [x, y] = [p.x - q.x, p.y - q.y];
  const apart = (0.25 * (a * y * y + b * x * x) - 0.5 * c * x * y) / (whole + 1e-7);
  const own = Math.max(p.a * p.b - p.c ** 2, 0) * Math.max(q.a * q.b - q.c ** 2, 0);
  const unlike = 0.5 * Math.log(whole / (4 * Math.sqrt(own) + 1e-7) + 1e-7);
  const distance = Math.min(Math.max(apart + unlike, 1e-7), 100);
  return 1 - Math.sqrt(1 - Math.exp(-distance) + 1e-7);
}

/** Of each box, the greatest overlap with a better one of its class: it goes where that is above the threshold. */
function greatestOverlaps(boxes: readonly RotatedCandidate[]): number[] {
  const gaussians = boxes.map(gaussian);
  return boxes.map((box, index) => {
    let greatest = 0;
    for (let better = 0; better < index; better++) {
      if (boxes[better]!.classId !== box.classId) continue;
      const overlap = probiou(gaussians[better]!, gaussians[index]!);
      if (overlap > greatest) greatest = overlap;
    }
    return greatest;
  });
}

function randomBoxes(count: number, largest: number, extent = 640): RotatedCandidate[] {
  const random = seededRandom(count + largest);
  return Array.from({ length: count }, () => ({
    centerX: extent * random() - 20,
    centerY: extent * random() - 20,
    width: largest * random() ** 4,
    height: largest * random() ** 4,
    angle: Math.PI * (random() - 0.25),
    classId: random() < 0.3 ? 1 : 0,
  }));
}

describe('suppression of rotated boxes', () => {
  // Of all sizes, lines and points among them; in a crowd; with negative sides.
  const kinds = [randomBoxes(500, 400), randomBoxes(500, 60, 60), randomBoxes(300, 5, 12)];
  const negative = randomBoxes(200, 90, 80).map((box) => ({ ...box, width: -box.width }));
  const overlapping = [...kinds, negative].map((boxes) => ({
    boxes,
    overlaps: greatestOverlaps(boxes),
  }));
  for (const iouThreshold of [0.05, 0.3, 0.7, 0.95]) {
    it(`finds on its grids what comparing all with all finds, above an overlap of ${iouThreshold}`, () => {
      for (const { boxes, overlaps } of overlapping) {
        const expected = [...boxes.keys()].filter((index) => !(overlaps[index]! > iouThreshold));
        assert.deepEqual(suppressRotated(boxes, { iouThreshold, maxDetections }), expected);
      }
    });
  }

  it('takes no threshold for nothing: equal boxes stay where only more than all would do', () => {
    const [box] = randomBoxes(1, 50);
    assert.ok(box);
    assert.deepEqual(suppressRotated([box, box], { iouThreshold: 1, maxDetections }), [0, 1]);
    assert.deepEqual(suppressRotated([box, box], { iouThreshold: 0.99, maxDetections }), [0]);
  });
});
