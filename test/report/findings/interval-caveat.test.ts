import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupRemarks } from '../../../src/report/findings/interval-caveat.ts';
import { madeEvaluation, madeGroups } from '../../support/made-check.ts';

const remarks = (groups: number, by: string, labeled?: number) => {
  const evaluation = madeEvaluation({
    classes: { RBC: madeGroups(Array.from<number>({ length: groups }).fill(8), 10) },
    by,
  });
  const labels = { ...evaluation.labels, ...(labeled && { labeled }) };
  return groupRemarks({ ...evaluation, labels }).join(' ');
};

describe('what is said of groups', () => {
  it('is why there is no interval, or that it is rough, and nothing of enough groups', () => {
    assert.match(
      remarks(4, 'folder', 40),
      /^No intervals: there are 4 groups \(folder\), and fewer than 5/,
    );
    assert.match(remarks(9, 'image'), /Fewer than 10: take them as rough/);
    assert.equal(remarks(10, 'image'), '');
    assert.equal(remarks(12, '^(patient\\d+)', 48), '');
  });

  it('names a pattern that puts no two images together', () => {
    const said = remarks(12, '^(patient\\d+)');
    assert.match(said, /^--group "\^\(patient\\\\d\+\)" puts no two images together/);
  });
});
