import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { YamlSource } from '../../../src/shared/settings/yaml-source.ts';
import { parseRules } from '../../../src/verdict/rules/parse-rules.ts';

const kind = { quotes: 'Some need quotes.', empty: 'holds nothing: write something.' };

describe('a YAML text of a person', () => {
  for (const [what, text, place] of [
    [
      'lines',
      'cron: 0 2 * * *\n# what must hold\nrules:\n  - recall >= 0.7\n  - wrong\nkeep: 3\n',
      'a.yaml:5:5',
    ],
    ['lines of Windows', 'cron: 0 2 * * *\r\nrules:\r\n  - wrong\r\nkeep: 3\r\n', 'a.yaml:3:5'],
    [
      'JSON',
      '{\n  "keep": 3,\n  "rules": ["recall >= 0.7", "wrong"],\n  "cron": "0 2 * * *"\n}',
      'a.yaml:3:31',
    ],
    ['one line', '{keep: 3, rules: [wrong], cron: 0 2 * * *}', 'a.yaml:1:19'],
  ] as const) {
    it(`gives one key with its value at its own place, in ${what}`, () => {
      const rules = new YamlSource(text, 'a.yaml', kind).textOfKey('rules') ?? '';
      assert.throws(
        () => parseRules(rules, 'a.yaml'),
        (error: Error) => error.message.startsWith(`${place}: "wrong" is not a rule`),
      );
      assert.doesNotMatch(rules, /cron|keep/);
    });
  }

  it('has no text of a key that is not there', () => {
    assert.equal(new YamlSource('keep: 3', 'a.yaml', kind).textOfKey('rules'), undefined);
  });

  it('says where an alias leads nowhere', () => {
    assert.throws(() => new YamlSource('keep: 3\ncron: *x', 'a.yaml', kind), {
      message: /^a\.yaml:2:7 cannot be read: Unresolved alias .*: x\. Some need quotes\.$/,
    });
  });

  it('tells what quotes would not mend without them', () => {
    for (const [text, says] of [
      ['a: 1\n\tb: 2', /^a\.yaml:2:1 is not YAML: Tabs are not allowed as indentation\.$/],
      ['a: 1\na: 2', /^a\.yaml:2:1 is not YAML: Map keys must be unique\.$/],
      [
        'a: 1\n---\na: 2',
        /^a\.yaml:2:1 begins another document with "---": write one in a file\.$/,
      ],
      ['a: *', /^a\.yaml:1:4 is not YAML: .* Some need quotes\.$/],
    ] as const) {
      assert.throws(() => new YamlSource(text, 'a.yaml', kind), { message: says });
    }
  });
});
