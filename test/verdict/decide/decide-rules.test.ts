import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuleOutcome } from '../../../src/report/summary/verdict-schema.ts';
import type { DriftFindings } from '../../../src/verdict/decide/decide-drift.ts';
import { type DecidedRules, decideRules } from '../../../src/verdict/decide/decide-rules.ts';
import { checkedRun } from '../../../src/verdict/figures/checked-run.ts';
import { parseRules } from '../../../src/verdict/rules/parse-rules.ts';
import { madeChecked, madeEvaluation, madeGroups, madeSummary } from '../../support/made-check.ts';

const tens = (value: number) => Array.from({ length: 10 }, (_, i) => value + (i % 2));
/** 85 of 100 cells, 15 of 20 platelets, no white cell. */
const now = madeChecked(
  madeEvaluation({
    classes: {
      RBC: madeGroups([9, 8, 9, 8, 9, 8, 9, 8, 9, 8], 10),
      Platelets: madeGroups([2, 1, 2, 1, 2, 1, 2, 1, 2, 1], 2),
      WBC: madeGroups(tens(0).fill(0), 0),
    },
  }),
);

function decide(yaml: string, rest: Partial<Parameters<typeof decideRules>[0]> = {}): DecidedRules {
  return decideRules({ rules: parseRules(yaml, 'rules.yaml'), now, ...rest });
}

function outcomes(decided: DecidedRules): RuleOutcome[] {
  return decided.rules.map(({ outcome }) => outcome);
}

describe('a rule on a figure', () => {
  it('holds or fails by the figure, and says what it rests on', () => {
    const decided = decide('rules: [recall.RBC >= 0.8, recall.RBC >= 0.9, recall.RBC < 0.85]');
    assert.deepEqual(outcomes(decided), ['pass', 'fail', 'fail']);
    const [pass, fail] = decided.rules;
    assert.match(
      pass?.sentence ?? '',
      /^recall\.RBC is 0\.85 \(0\.8\d* to 0\.8\d*; 100 objects\): at least 0\.8, as asked\.$/,
    );
    assert.match(fail?.sentence ?? '', /, and must be at least 0\.9\.$/);
    assert.equal(decided.sentence, '2 of 3 rules failed: recall.RBC >= 0.9 and recall.RBC < 0.85.');
    assert.equal(decided.outcome, 'fail');
  });

  it('is undecided where fewer than `min` objects stand behind it', () => {
    const decided = decide(
      'rules:\n - recall.Platelets >= 0.9\n - {figure: recall.Platelets, at least: 0.9, min: 20}',
    );
    assert.deepEqual(outcomes(decided), ['undecided', 'fail']);
    assert.match(
      decided.rules[0]?.sentence ?? '',
      /30 objects are asked for \(min\), and there are 20\.$/,
    );
  });

  it('is undecided below a `min` that is written where intervals decide, and only then', () => {
    const rule = 'figure: recall.Platelets, at least: 0.2, decide: interval';
    const decided = decide(`rules:\n - {${rule}}\n - {${rule}, min: 21}`);
    assert.deepEqual(outcomes(decided), ['pass', 'undecided']);
    assert.match(
      decided.rules[1]?.sentence ?? '',
      /21 objects are asked for \(min\), and there are 20\.$/,
    );
  });

  it('holds or fails only with its whole interval where that decides', () => {
    const decided = decide(
      'decide: interval\nrules: [recall.RBC >= 0.5, recall.RBC >= 0.86, recall.RBC >= 0.95]',
    );
    assert.deepEqual(outcomes(decided), ['pass', 'undecided', 'fail']);
    assert.match(decided.rules[1]?.sentence ?? '', /the limit lies inside the interval, /);
    assert.equal(
      decided.sentence,
      '1 of 3 rules failed: recall.RBC >= 0.95. 1 rule could not be decided.',
    );
  });

  it('is undecided with the reason for a class without labels, and in a run without an evaluation', () => {
    assert.match(
      decide('rules: [recall.WBC >= 0.5]').rules[0]?.sentence ?? '',
      /cannot be told: there are no labels of this class\.$/,
    );
    const bare = decide('rules: [recall.RBC >= 0.5, map50 >= 0.5, failed <= 10%]', {
      now: madeChecked(),
    });
    assert.deepEqual(outcomes(bare), ['undecided', 'undecided', 'pass']);
    assert.match(bare.rules[0]?.sentence ?? '', /has no evaluation/);
    assert.equal(
      bare.sentence,
      '2 rules could not be decided: recall.RBC >= 0.5 and map50 >= 0.5. The others hold.',
    );
  });

  it('that no run has is wrong use, with the place and names like it', () => {
    const message = /^rules\.yaml:1:9: there is no figure "recal\.RBC"\. Did you mean recall\.RBC/;
    assert.throws(() => decide('rules: [recal.RBC >= 0.5]'), { code: 'usage', message });
    assert.throws(() => decide('rules: [mAP50 >= 0.5]'), {
      code: 'usage',
      message: /Did you mean map50/,
    });
    assert.throws(() => decide('rules: [recall.Basophil >= 0.5]'), {
      code: 'usage',
      message: /there is no figure "recall\.Basophil"\. The classes are WBC, Platelets and RBC\.$/,
    });
    assert.throws(() => decide('rules: [recall.Platelet >= 0.5]'), {
      code: 'usage',
      message: /Did you mean recall\.Platelets\? The classes are /,
    });
    assert.throws(() => decide('rules: [recal >= 0.5]'), {
      code: 'usage',
      message:
        /there is no figure "recal"\. Did you mean recall or recall\.[A-Za-z]+ or recall\.[A-Za-z]+\?$/,
    });
  });
});

describe('a rule on what is counted', () => {
  it('takes a percentage as a share, and a whole number as a count, which is certain whatever its size', () => {
    const decided = decide(
      'rules: [failed <= 5%, failed <= 10, failed <= 4%, misses.Platelets <= 5, failed_to_decode > 10, images >= 200]',
    );
    assert.deepEqual(outcomes(decided), ['pass', 'pass', 'fail', 'pass', 'fail', 'pass']);
    assert.match(
      decided.rules[0]?.sentence ?? '',
      /^failed is 5\s% \(2\.7\s% to 9\s%; 200 images\)/,
    );
    assert.equal(decided.rules[1]?.sentence, 'failed is 10: at most 10, as asked.');
  });

  it('takes the number of images and objects as certain, and as a share of nothing', () => {
    const few = checkedRun(madeSummary({ images: 2 }), undefined);
    assert.deepEqual(outcomes(decide('rules: [images >= 1, objects >= 0]', { now: few })), [
      'pass',
      'pass',
    ]);
    const message = /^rules\.yaml:1:9: "images" counts all images, which are a share of nothing/;
    assert.throws(() => decide('rules: [images >= 50%]'), { code: 'usage', message });
  });

  it('takes no fraction, which could be either', () => {
    const message =
      /^rules\.yaml:1:9: "failed" counts images, so 0\.05 of them means nothing\. Write 5% for a share/;
    assert.throws(() => decide('rules: [failed <= 0.05]'), { code: 'usage', message });
  });

  it('has Wilson’s interval where that decides', () => {
    assert.deepEqual(
      outcomes(decide('decide: interval\nrules: [failed <= 10%, failed <= 6%, failed <= 2%]')),
      ['pass', 'undecided', 'fail'],
    );
  });
});

describe('a rule on a measure', () => {
  it('takes its mean and its quantiles over the images', () => {
    const { entropy_fused: measure } = now.summary.measures;
    const { p50 = 0 } = measure?.quantiles ?? {};
    const text = `rules: [median.entropy_fused >= ${p50}, median.entropy_fused < ${p50}, mean.entropy_fused <= 1]`;
    assert.deepEqual(outcomes(decide(text)), ['pass', 'fail', 'pass']);
  });

  it('has the interval of independent images', () => {
    const [rule] = decide('rules: [median.entropy_fused >= 0]').rules;
    const [low, high] = rule?.interval ?? [0, 0];
    const value = rule?.value ?? 0;
    assert.ok(low < value && value < high && high - low < 0.3, `${low} ${value} ${high}`);
  });

  it('has no interval of few images: one image has no spread, and thirty do not bound 5 %', () => {
    const text =
      'decide: interval\nmin: 1\nrules: [mean.entropy_fused <= 1, p5.entropy_fused >= 0, median.entropy_fused <= 1]';
    const one = decide(text, { now: checkedRun(madeSummary({ images: 1 }), undefined) });
    assert.deepEqual(outcomes(one), ['undecided', 'undecided', 'undecided']);
    assert.match(
      one.rules[0]?.sentence ?? '',
      /cannot be told: 1 image is too few to know its interval\.$/,
    );
    const thirty = decide(text, { now: checkedRun(madeSummary({ images: 30 }), undefined) });
    assert.deepEqual(outcomes(thirty), ['pass', 'undecided', 'pass']);
  });
});

describe('a rule on a change', () => {
  const better = madeChecked(
    madeEvaluation({
      classes: {
        RBC: madeGroups([9, 9, 10, 9, 9, 9, 9, 9, 10, 9], 10),
        Platelets: madeGroups(tens(1), 2),
      },
    }),
  );
  const worse = madeChecked(
    madeEvaluation({
      classes: {
        RBC: madeGroups([5, 4, 6, 5, 5, 4, 5, 6, 4, 5], 10),
        Platelets: madeGroups(tens(1), 2),
      },
    }),
  );

  it('fails for a change for the worse that chance does not explain', () => {
    const decided = decide('rules: [change of recall.RBC >= -0.02, change of map50 >= -0.02]', {
      now: worse,
      before: now,
    });
    assert.deepEqual(outcomes(decided), ['fail', 'fail']);
    assert.match(
      decided.rules[0]?.sentence ?? '',
      /^The change of recall\.RBC is -0\.36 \(.* from 0\.85 to 0\.49\), and must be at least -0\.02\.$/,
    );
    assert.deepEqual([decided.rules[0]?.before, decided.rules[0]?.now], [0.85, 0.49]);
  });

  it('holds for none and for one for the better', () => {
    for (const run of [now, better]) {
      const text = 'rules: [change of recall.RBC >= -0.02, change of recall.RBC > -1%]';
      assert.deepEqual(outcomes(decide(text, { now: run, before: now })), ['pass', 'pass']);
    }
  });

  it('is undecided where chance explains it', () => {
    const slightly = madeChecked(
      madeEvaluation({ classes: { RBC: madeGroups([9, 9, 5, 8, 10, 8, 9, 8, 5, 9], 10) } }),
    );
    const decided = decide('rules: [change of recall.RBC >= -0.02]', {
      now: slightly,
      before: now,
    });
    assert.deepEqual(outcomes(decided), ['undecided']);
    assert.match(decided.rules[0]?.sentence ?? '', /cannot be told: chance alone explains it\.$/);
  });

  it('is undecided without a baseline, and with one that lacks the figure', () => {
    assert.match(
      decide('rules: [change of map50 >= 0]').rules[0]?.sentence ?? '',
      /there is no baseline to measure it from \(--against\)\.$/,
    );
    const bare = decide('rules: [change of map50 >= 0]', { before: madeChecked() });
    assert.match(bare.rules[0]?.sentence ?? '', /of the baseline: The run has no evaluation/);
  });

  it('of a count is certain', () => {
    const decided = decide('rules: [change of misses.RBC <= 10, change of failed <= 0]', {
      now: worse,
      before: now,
    });
    assert.deepEqual(outcomes(decided), ['fail', 'pass']);
  });

  it('needs less proof alone than beside others', () => {
    const few = madeChecked(
      madeEvaluation({
        classes: {
          RBC: madeGroups([9, 7, 8, 8, 9, 7, 9, 8, 8, 8], 10),
          Platelets: madeGroups([2, 1, 2, 1, 2, 1, 2, 1, 2, 1], 2),
        },
      }),
    );
    const one = 'change of recall.RBC >= -0.02';
    const alone = decide(`rules: [${one}]`, { now: few, before: now });
    assert.deepEqual(outcomes(alone), ['fail']);
    const measures = ['entropy_fused', 'center_x_fused', 'center_y_fused', 'border_share_fused'];
    const others = measures.map((name) => `change of mean.${name} <= 0.1`);
    const beside = decide(`rules: [${[one, ...others].join(', ')}]`, { now: few, before: now });
    assert.deepEqual(outcomes(beside), ['undecided', 'pass', 'pass', 'pass', 'pass']);
    assert.match(beside.rules[0]?.sentence ?? '', /beside the other changes/);
  });
});

describe('drift: none', () => {
  const measure = (name: string, adjusted: number) => ({
    ...{
      measure: name,
      family: 'inputs',
      words: name,
      tests: [{ adjusted }],
      drifted: adjusted <= 0.05,
    },
    ...(adjusted <= 0.05 && { sentence: `images differ in ${name}` }),
  });
  const drift: DriftFindings = {
    verdict: 'drift',
    current: { compared: 120 },
    sentences: ['images differ in sharpness'],
    families: [
      { family: 'inputs', verdict: 'drift' },
      { family: 'heat', verdict: 'no drift' },
    ],
    measures: [measure('sharpness', 0.001), measure('brightness', 0.4)],
  };

  it('fails with what drifted, and of a measure that did not it holds', () => {
    const decided = decide(
      'rules:\n - drift: none\n - drift of brightness: none\n - drift of inputs: none',
      { drift },
    );
    assert.deepEqual(outcomes(decided), ['fail', 'pass', 'fail']);
    assert.equal(
      decided.rules[0]?.sentence,
      'Drift in 1 of 2 measures: images differ in sharpness.',
    );
    assert.equal(decided.rules[1]?.sentence, 'No drift in 1 measure over 120 images, as asked.');
  });

  it('is undecided without a baseline and with too few images', () => {
    const untold: DriftFindings = {
      ...drift,
      verdict: 'could not tell',
      sentences: ['12 images are too few.'],
      measures: [],
    };
    for (const one of [undefined, untold]) {
      assert.deepEqual(outcomes(decide('rules:\n - drift: none', { drift: one })), ['undecided']);
    }
  });

  it('cannot be told of what another model finds; of the pixels it can', () => {
    const pixels: DriftFindings = {
      ...drift,
      verdict: 'no drift',
      families: [{ family: 'inputs', verdict: 'no drift' }],
      measures: [measure('brightness', 0.4)],
    };
    const decided = decide(
      'rules:\n - drift: none\n - drift of heat: none\n - drift of entropy_fused, counts: none',
      { drift: pixels },
    );
    assert.deepEqual(outcomes(decided), ['pass', 'undecided', 'undecided']);
    assert.match(decided.rules[0]?.sentence ?? '', /The models differ, so only pixels tell/);
    assert.match(decided.rules[1]?.sentence ?? '', /^Drift of heat cannot be told: the runs have/);
  });

  it('holds of pixels that no image changed, whatever else was tested', () => {
    const heat = { ...measure('entropy_fused', 0.4), family: 'heat' };
    const same: DriftFindings = {
      ...drift,
      verdict: 'no drift',
      families: [
        { family: 'inputs', verdict: 'no drift' },
        { family: 'heat', verdict: 'no drift' },
      ],
      measures: [heat],
      unchanged: ['brightness', 'sharpness'],
    };
    const text =
      'rules:\n - drift: none\n - drift of inputs: none\n - drift of sharpness, brightness: none';
    const decided = decide(text, { drift: same });
    assert.deepEqual(outcomes(decided), ['pass', 'pass', 'pass']);
    assert.equal(decided.rules[1]?.sentence, 'No drift in 2 measures over 120 images, as asked.');
    const otherModel = { ...same, families: same.families.slice(0, 1), measures: [] };
    assert.deepEqual(outcomes(decide(text, { drift: otherModel })), ['pass', 'pass', 'pass']);
  });

  it('cannot be told of a measure that the runs lack, and only then beside one that they have', () => {
    const text =
      'rules:\n - drift of labels: none\n - drift of brightness, label_lift_fused: none\n - drift of sharpness, labels: none';
    const decided = decide(text, { drift });
    assert.deepEqual(outcomes(decided), ['undecided', 'undecided', 'fail']);
    assert.equal(
      decided.rules[1]?.sentence,
      'Drift of label_lift_fused cannot be told: too few images of the two runs have it.',
    );
  });

  it('of a name that no measure has is wrong use', () => {
    assert.throws(() => decide('rules:\n - drift of sharpnes: none', { drift }), {
      code: 'usage',
      message: /no measure "sharpnes" that could drift\. Did you mean sharpness\?/,
    });
  });
});

describe('all rules together', () => {
  it('hold in one sentence', () => {
    assert.equal(decide('rules: [failed <= 5%, recall >= 0.5]').sentence, 'Both rules hold.');
    assert.equal(decide('rules: [failed <= 5%]').outcome, 'pass');
  });

  it('pass nothing of a run that is not whole', () => {
    const summary = madeSummary({ images: 200 }, new Map([[0, 'It failed three times.']]));
    const decided = decide('rules: [failed <= 5%]', { now: checkedRun(summary, undefined) });
    assert.equal(decided.outcome, 'undecided');
    assert.match(decided.sentence, /the run is not whole: 1 shard failed for good\.$/);
  });
});

it('a rule on average precision says how to get it where the run kept no boxes below its confidence', () => {
  assert.ok(now.evaluation);
  const { map50, ...figures } = now.evaluation.figures;
  assert.ok(map50);
  const evaluation = { ...now.evaluation, figures: { ...figures, ap_above: map50 } };
  const decided = decide('rules:\n  - map50 >= 0.5', { now: madeChecked(evaluation) });
  assert.equal(decided.outcome, 'undecided');
  assert.match(decided.rules[0]?.sentence ?? '', /has ap_above: explain it with --candidates/);
});
