import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { rankClasses } from '../../../src/evaluate/objects/rank-classes.ts';
import { exampleRows } from '../../support/example-rows.ts';
import { precisionGoldens } from '../../support/val-fixture.ts';

describe('top-1 and top-5', () => {
  it('are those of Ultralytics on tiny-cls, and so are the confusions', () => {
    const golden: Golden = JSON.parse(
      readFileSync(join(precisionGoldens, 'tiny-cls.json'), 'utf8'),
    );
    const matrix = [0, 1, 2].map(() => [0, 0, 0]);
    let [top1, top5] = [0, 0];
    for (const { label, top, scores } of golden.images) {
      const classScores = top.map((classId, i) => ({ classId, score: scores[i] ?? 0 }));
      const object = { classId: label, box: [0, 0, 1, 1] as const };
      const labels = { status: 'labeled' as const, objects: [object], remarks: [] };
      const { ranked, confusions } = rankClasses({ ...exampleRows[0]!, labels, classScores });
      top1 += ranked?.top1 ? 1 : 0;
      top5 += ranked?.top5 ? 1 : 0;
      for (const [predicted = 0, labeled = 0] of confusions) matrix[predicted]![labeled]! += 1;
    }
    assert.ok(Math.abs(top1 / golden.images.length - golden.top1) < 1e-6);
    assert.ok(Math.abs(top5 / golden.images.length - golden.top5) < 1e-6);
    assert.deepEqual(matrix, golden.confusion);
  });
});

interface Golden {
  readonly top1: number;
  readonly top5: number;
  readonly confusion: readonly (readonly number[])[];
  readonly images: readonly {
    readonly label: number;
    readonly top: readonly number[];
    readonly scores: readonly number[];
  }[];
}
