import assert from 'node:assert/strict';
import { it } from 'node:test';
import { basisSection } from '../../../src/report/sections/report-basis.ts';
import { fittedCase } from '../../support/basis-cases.ts';
import { madeSpec } from '../../support/made-run.ts';

it('a run with a basis shows its curve, and says which components are one group', () => {
  const { description } = fittedCase();
  const layers = description.layers.map((layer) => ({ ...layer, groups: [[1, 2], [3], [4]] }));
  const spec = { ...madeSpec(), basis: { ...description, layers } };
  const { markup } = basisSection(spec) ?? assert.fail('no section');
  assert.match(markup, /2 of 6 components hold \d+/);
  assert.match(markup, /1 and 2 nearly tie, so that only their span is meaningful/);
  assert.match(markup, /1 to 2, one group/);
  assert.match(markup, /not classes/);
});

it('a run without a basis has no such section', () => {
  assert.equal(basisSection(madeSpec()), undefined);
});
