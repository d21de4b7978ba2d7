import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFailIf } from '../../../src/verdict/rules/fail-if.ts';
import { parseRules } from '../../../src/verdict/rules/parse-rules.ts';
import { type Rule, ruleDefaults, ruleText } from '../../../src/verdict/rules/rule.ts';

const written = `# What a release has to be.
decide: interval
min: 50
rules:
  - recall.Platelets >= 0.7
  - failed <= 5%
  - change of map50 >= -0.02
  - { figure: recall.traffic light@small, at least: 40%, min: 10, decide: point, name: small lights }
  - "false_positives.a: b < 3"
  - drift: none
  - drift of sharpness, brightness: none
`;

describe('a rules file', () => {
  const rules = parseRules(written, 'rules.yaml');

  it('reads as what must hold', () => {
    assert.deepEqual(rules.map(ruleText), [
      'recall.Platelets >= 0.7',
      'failed <= 5%',
      'change of map50 >= -0.02',
      'recall.traffic light@small >= 40%',
      'false_positives.a: b < 3',
      'drift: none',
      'drift of sharpness, brightness: none',
    ]);
  });

  it('decides by interval and asks for 50 where it says so, and otherwise where a rule does', () => {
    const [first, , , lights] = rules;
    assertHas(first, {
      kind: 'figure',
      decide: 'interval',
      min: 50,
      where: 'rules.yaml:5:5',
    });
    assertHas(lights, {
      decide: 'point',
      min: 10,
      name: 'small lights',
      limit: 0.4,
      percent: true,
    });
  });

  it('decides by point and asks for 30 by default', () => {
    const [rule] = parseRules('rules: [map50 >= 0.5]', 'r.yaml');
    assertHas(rule, {
      figure: 'map50',
      decide: 'point',
      min: 30,
      change: false,
    });
  });

  it('asks for no minimum where whole intervals decide, unless it says one', () => {
    const rules = parseRules(
      'rules:\n - {figure: map50, at least: 0.5, decide: interval}\n - {figure: map50, at least: 0.5, decide: interval, min: 40}',
      'r.yaml',
    );
    assertHas(rules[0], { decide: 'interval', min: 1 });
    assertHas(rules[1], { decide: 'interval', min: 40 });
  });

  it('takes JSON', () => {
    const [rule] = parseRules('{"rules": ["recall at least 0.5"]}', 'r.json');
    assert.equal(rule && ruleText(rule), 'recall >= 0.5');
  });

  const wrong: readonly (readonly [what: string, text: string, error: RegExp])[] = [
    ['without rules', 'min: 30', /^r\.yaml:1:1: rules must be a list of rules/],
    ['that is empty', '', /^r\.yaml:1:1 holds no rules: write "rules:"/],
    ['with an empty list', 'rules: []', /^r\.yaml:1:8: rules is empty/],
    ['with a key that is misspelled', 'rule:\n  - map50 >= 0.5', /^r\.yaml:1:1/],
    [
      'with another key',
      'rules:\n  - map50 >= 0.5\nmins: 3',
      /^r\.yaml:3:1: there is no "mins" here\. Did you mean min\?/,
    ],
    ['that is not YAML', 'rules:\n  - {figure: map50', /^r\.yaml:2:\d+ is not YAML: /],
    [
      'with another mode',
      'decide: points\nrules: [map50 >= 1]',
      /^r\.yaml:1:9: decide must be point or interval\.$/,
    ],
    [
      'with too small a minimum',
      'min: 0\nrules: [map50 >= 1]',
      /^r\.yaml:1:6: min must be 1 or more\.$/,
    ],
    [
      'with a rule without a comparison',
      'rules:\n  - map50 0.5',
      /^r\.yaml:2:5: "map50 0\.5" is not a rule: write a figure/,
    ],
    [
      'with a rule that asks for equality',
      'rules:\n  - map50 == 0.5',
      /^r\.yaml:2:11: "map50 == 0\.5" compares with "=="/,
    ],
    [
      'with a limit that is no number',
      "rules:\n  - 'map50 >= half'",
      /^r\.yaml:2:14: "map50 >= half" compares with "half", which is not a number/,
    ],
    [
      'with a rule without a limit',
      'rules:\n  - {figure: map50, at leest: 3}',
      /^r\.yaml:2:21: there is no "at leest" here\. Did you mean at least\?/,
    ],
    [
      'with a rule of two limits',
      'rules:\n  - {figure: map50, at least: 3, at most: 4}',
      /^r\.yaml:2:5: has at least and at most: give one/,
    ],
    ['with a rule without a figure', 'rules:\n  - {at least: 3}', /^r\.yaml:2:5: names no figure/],
    [
      'with a limit in words',
      'rules:\n  - {figure: map50, at least: much}',
      /^r\.yaml:2:31: "much" is not a number/,
    ],
    ['with drift that may be some', 'rules:\n  - drift: some', /^r\.yaml:2:12: drift must be none/],
    [
      'with drift of nothing',
      'rules:\n  - drift',
      /^r\.yaml:2:5: "drift" lacks its value: write "drift: none"\.$/,
    ],
    [
      'with two rules on a line',
      'rules:\n  - recall >= 0.7, precision >= 0.5',
      /^r\.yaml:2:5: "recall >= 0\.7, precision >= 0\.5" is two rules: write each on a line of its own\.$/,
    ],
    [
      'with a figure for a key',
      'rules:\n  - recall: 0.7',
      /^r\.yaml:2:5: "recall: 0\.7" does not say how to compare: write "recall >= 0\.7" or "recall <= 0\.7"\.$/,
    ],
    ['with a number for a rule', 'rules:\n  - 5', /^r\.yaml:2:5: this must be a rule/],
  ];
  for (const [what, text, message] of wrong) {
    it(`${what} is wrong use, with line and column`, () => {
      assert.throws(() => parseRules(text, 'r.yaml'), { code: 'usage', message });
    });
  }
});

describe('--fail-if', () => {
  it('says what must not be: its rule is the opposite', () => {
    const texts = [
      'recall.Platelets<0.7',
      'failed>5%',
      'change of map50 <= -0.02',
      'flagged >= 10',
      'drift of color',
      'drift',
    ];
    assert.deepEqual(
      texts.map((text) => ruleText(parseFailIf(text, ruleDefaults))),
      [
        'recall.Platelets >= 0.7',
        'failed <= 5%',
        'change of map50 > -0.02',
        'flagged < 10',
        'drift of color: none',
        'drift: none',
      ],
    );
  });

  it('keeps a percentage exact', () => {
    assertHas(parseFailIf('failed>7%', ruleDefaults), {
      limit: 0.07,
      percent: true,
    });
  });

  it('that is no condition is wrong use', () => {
    const message =
      /^--fail-if "recall" is not a rule: write a figure, < or >, and a number, such as "recall<0\.7" or "failed>5%"\.$/;
    assert.throws(() => parseFailIf('recall', ruleDefaults), { code: 'usage', message });
  });
});

function assertHas(rule: Rule | undefined, expected: Readonly<Record<string, unknown>>): void {
  const of = Object.fromEntries(
    Object.entries(rule ?? {}).filter(([name]) => Object.hasOwn(expected, name)),
  );
  assert.deepEqual(of, expected);
}
