import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideRules } from '../../../src/verdict/decide/decide-rules.ts';
import { checkedRun } from '../../../src/verdict/figures/checked-run.ts';
import { parseRules } from '../../../src/verdict/rules/parse-rules.ts';
import {
  noRuleSentence,
  proposedFile,
  proposeRules,
} from '../../../src/verdict/rules/propose-rules.ts';
import { ruleText } from '../../../src/verdict/rules/rule.ts';
import { madeChecked, madeEvaluation, madeGroups, madeSummary } from '../../support/made-check.ts';

const strong = madeChecked(
  madeEvaluation({ classes: { RBC: madeGroups([9, 8, 9, 8, 9, 8, 9, 8, 9, 8], 10) } }),
);
const weak = madeChecked(
  madeEvaluation({ classes: { RBC: madeGroups([7, 8, 9, 8, 7, 8, 9, 8, 7, 6], 10) } }),
);

describe('proposed rules', () => {
  it('lie beyond the intervals, and hold for the run that they come from', () => {
    const rules = parseRules(proposedFile(proposeRules([strong]), ['a1b2c3d4e5f6']), 'rules.yaml');
    assert.deepEqual(
      rules.map((rule) => ruleText(rule).replace(/[\d.]+%?$/, '')),
      ['map50 >= ', 'recall >= ', 'failed <= '],
    );
    assert.equal(decideRules({ rules, now: strong }).outcome, 'pass');
    const [map] = rules;
    const { interval } = strong.evaluation?.figures.map50 ?? {};
    assert.ok(map?.kind === 'figure' && map.limit < (interval?.[0] ?? 0));
  });

  it('take the lowest threshold of several runs, and say of which run and interval it is', () => {
    const alone = proposeRules([weak]).rules;
    const both = proposeRules([strong, weak]).rules;
    assert.deepEqual(both.slice(0, 2), alone.slice(0, 2));
    assert.match(
      both[0]?.why ?? '',
      /^0\.77 in a1b2c3d4e5f6, 95 % interval 0\.\d+ to 0\.\d+ over 100 objects$/,
    );
  });

  it('say which figure has no rule because chance alone reaches the end of its scale', () => {
    const poor = madeEvaluation({
      classes: { RBC: madeGroups([0, 9, 0, 0, 0, 9, 0, 0, 0, 0], 10) },
    });
    const { rules, leftOut } = proposeRules([madeChecked(poor)]);
    assert.ok(!rules.some(({ rule }) => rule.startsWith('recall')));
    const [recall] = leftOut.filter(({ figure }) => figure === 'recall');
    assert.match(recall?.why ?? '', /interval .*: another such run may reach 0 by chance$/);
    assert.match(proposedFile({ rules, leftOut }, ['a']), /\n {2}# no rule on recall: /);
  });

  it('are none where no figure has an interval, and a sentence says why instead of a file', () => {
    const few = madeEvaluation({ classes: { RBC: madeGroups([9], 10) } });
    const proposal = proposeRules([checkedRun(madeSummary({ images: 1 }), few)]);
    assert.deepEqual(proposal.rules, []);
    assert.match(
      noRuleSentence(proposal, ['a1b2c3d4e5f6']),
      /^no rule can be proposed from a1b2c3d4e5f6: no figure of labels has an interval there, .* takes 100 images\. Take runs over more/,
    );
  });

  it('are those of images alone where there is no evaluation', () => {
    assert.deepEqual(
      proposeRules([madeChecked()]).rules.map(({ rule }) => rule.split(' ')[0]),
      ['failed'],
    );
  });

  it('stand in quotes where YAML would take a name for something else', () => {
    const file = proposedFile(
      { rules: [{ rule: 'recall.a: {b} >= 0.5', why: 'two\nlines' }], leftOut: [] },
      ['a'],
    );
    assert.deepEqual(parseRules(file, 'r.yaml').map(ruleText), ['recall.a: {b} >= 0.5']);
  });
});
