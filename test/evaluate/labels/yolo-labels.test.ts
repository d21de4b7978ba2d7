import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minimalBox } from '../../../src/evaluate/labels/minimal-box.ts';
import { parseYoloLabels } from '../../../src/evaluate/labels/yolo-labels.ts';
import type { NormalizedLabel } from '../../../src/shared/run/labels/label.ts';
import { repositoryText } from '../../support/repository-files.ts';

interface GoldenLabel {
  readonly cls: number;
  readonly xywh: readonly number[];
  readonly polygon?: readonly number[];
  readonly keypoints?: readonly number[];
}

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    /** One character a byte. */
    readonly file: string;
    readonly keypoints: boolean;
    readonly keypointShape?: readonly [number, number];
    readonly corrupt?: true;
    readonly labels?: readonly GoldenLabel[];
  }[];
  readonly rotated: readonly {
    readonly points: readonly number[];
    readonly xywhr: readonly [number, number, number, number, number];
  }[];
}

/** Made with the loader of Ultralytics: see `made` in it. */
const golden: Golden = JSON.parse(repositoryText('test/golden/labels/ultralytics.json'));

describe("a YOLO label file is read as Ultralytics' loader reads it", () => {
  for (const { name, file, keypoints, keypointShape, corrupt, labels = [] } of golden.cases) {
    it(`${name}: ${corrupt ? 'not at all' : `${labels.length} labels`}`, () => {
      const parsed = parseYoloLabels(Buffer.from(file, 'latin1'), {
        classCount: 3,
        withKeypoints: keypoints,
        keypointShape,
      });
      assert.equal(parsed.status, corrupt ? 'unusable' : 'read');
      if (parsed.status !== 'read') return;
      const read = parsed.labels.map(asGolden);
      assert.equal(read.length, labels.length);
      for (const label of labels) {
        assert.ok(
          read.some((one) => isSame(one, label)),
          `${JSON.stringify(label)} is not among ${JSON.stringify(read)}`,
        );
      }
    });
  }
});

describe('a bad label file', () => {
  const read = (text: string) =>
    parseYoloLabels(Buffer.from(text), { classCount: 3, withKeypoints: false });

  it('says the first bad line, counted as an editor counts', () => {
    const good = '0 0.5 0.5 0.2 0.3\r\n\r\n';
    const bad: [text: string, what: RegExp, line: number][] = [
      ['7 0.5 0.5 0.2 0.3', /class id is beyond/, 3],
      ['0 0.5 0.5 NaN 0.3', /not finite/, 3],
      ['0 320 240 64 48', /above 1/, 3],
      ['0 -0.2 0.5 0.2 0.3', /negative/, 3],
      ['0.5 0.5 0.5 0.2 0.3', /class is not a whole number/, 3],
      ['cell 0.5 0.5 0.2 0.3', /not a number/, 3],
      ['0 0.5 0.5', /5 columns/, 3],
      ['0 0.1 0.1 0.4 0.1 0.4 0.3 0.1 0.3', /mixes boxes and polygons/, 1],
    ];
    for (const [text, what, line] of bad) {
      const parsed = read(`${good}${text}`);
      assert.ok(parsed.status === 'unusable', text);
      assert.match(parsed.what, what);
      assert.equal(parsed.line, line, text);
    }
  });

  it('keeps boxes without area and counts repeated rows once, and remarks on both with a line', () => {
    const parsed = read('0 0.5 0.5 0.2 0.3\n1 0.5 0.5 0 0.3\n0 0.50 .5 0.2 0.3\n');
    assert.ok(parsed.status === 'read');
    assert.equal(parsed.labels.length, 2);
    assert.deepEqual(
      parsed.remarks.map(({ line }) => line),
      [2, 3],
    );
  });

  it('costs no stack: a polygon may have 300,000 points', () => {
    const row = `0 ${'0.1 0.2 0.3 0.4 '.repeat(150_000)}`;
    const parsed = read(row);
    assert.ok(parsed.status === 'read');
    assert.equal(parsed.labels[0]?.polygons?.[0]?.length, 600_000);
  });
});

describe('the rotated box of a polygon', () => {
  it("is OpenCV's box of least area, written as Ultralytics writes it", () => {
    for (const { points, xywhr } of golden.rotated) {
      const { centerX, centerY, width, height, angle } = minimalBox(points);
      const [x, y, w, h, r] = xywhr;
      const [cos, sin] = [Math.cos(angle - r), Math.sin(angle - r)];
      assert.ok(Math.abs(width * height - w * h) < 0.5, `area ${width * height}, ${w * h}`);
      // Around a triangle, boxes along several edges have the same area; hexagons may have one for their hull.
      if (points.length !== 8) continue;
      const isSquare = Math.abs(w - h) < 0.01;
      for (const difference of [centerX - x, centerY - y, width - w, height - h]) {
        assert.ok(Math.abs(difference) < 0.01, `${difference} at ${points}`);
      }
      assert.ok(Math.abs(isSquare ? sin * cos : sin) < 1e-4, `angle ${angle}, ${r}`);
      assert.ok(angle >= -Math.PI / 4 && angle < (3 * Math.PI) / 4);
    }
  });
});

function asGolden({ classId, box, polygons, keypoints }: NormalizedLabel): GoldenLabel {
  const [left, top, right, bottom] = box;
  return {
    cls: classId,
    xywh: [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top],
    ...(polygons && { polygon: polygons[0] ?? [] }),
    ...(keypoints && { keypoints }),
  };
}

/** Ultralytics marks keypoints of two numbers as visible by 1, and computes in float32. */
function isSame(a: GoldenLabel, b: GoldenLabel): boolean {
  const near = (x: readonly number[] = [], y: readonly number[] = []) =>
    x.length === y.length && x.every((value, i) => Math.abs(value - (y[i] ?? 0)) < 1e-6);
  const seen = (points: readonly number[] = []) =>
    points.map((value, i) => (i % 3 === 2 ? Math.sign(value) : value));
  return (
    a.cls === b.cls &&
    near(a.xywh, b.xywh) &&
    near(a.polygon, b.polygon) &&
    near(seen(a.keypoints), seen(b.keypoints))
  );
}
