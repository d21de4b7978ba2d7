import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verdict } from '../../../src/report/summary/verdict-schema.ts';
import { verdictJunit } from '../../../src/verdict/publish/verdict-junit.ts';
import {
  verdictMarkdown,
  withVerdictMarkdown,
} from '../../../src/verdict/publish/verdict-markdown.ts';

const image = { key: 'shots/<b>|1.jpg', shard: 0, row: 3, words: '3 misses' };
const verdict: Verdict = {
  schema: 'verdict@1',
  runId: 'aaaaaaaaaaaa',
  against: { runId: 'bbbbbbbbbbbb', out: 'results' },
  outcome: 'fail',
  sentence: '1 of 3 rules failed: recall.a <b> >= 0.7.',
  counts: { pass: 1, fail: 1, undecided: 1 },
  rules: [
    {
      rule: 'recall.a <b> >= 0.7',
      outcome: 'fail',
      sentence: 'recall.a <b> is 0.5.',
      value: 0.5,
      limit: 0.7,
      interval: [0.4, 0.6],
      n: 78,
      of: 'objects',
      images: [image],
    },
    {
      rule: 'failed <= 5%',
      name: 'few\u0007 failures',
      outcome: 'pass',
      sentence: 'failed is 2 %.',
      value: 0.02,
      limit: 0.05,
      percent: true,
      n: 100,
      of: 'images',
      images: [image],
    },
    {
      rule: 'change of map50 >= 0',
      outcome: 'undecided',
      sentence: 'Cannot be told.',
      value: -0.01,
      now: 0.5,
      before: 0.51,
      n: 78,
      of: 'objects',
      images: [],
    },
  ],
};

describe('JUnit of a verdict', () => {
  const xml = verdictJunit(verdict);

  it('has one case a rule: a failed one is a failure, an undecided one an error', () => {
    assert.match(xml, /<testsuites name="eigenfleet" tests="3" failures="1" errors="1">/);
    assert.equal(xml.match(/<testcase /g)?.length, 3);
    assert.match(
      xml,
      /<failure type="fail" message="recall\.a &lt;b&gt; is 0\.5\.">[^<]*shots\/&lt;b&gt;\|1\.jpg: 3 misses<\/failure>/,
    );
    assert.match(xml, /<error type="undecided" message="Cannot be told\.">/);
  });

  it('is XML, whatever names hold', () => {
    assert.match(xml, /name="few\ufffd failures"/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    assert.doesNotMatch(xml, /[\u0000-\u0008]/);
    const open: string[] = [];
    for (const [, close, name = '', single] of xml.matchAll(/<(\/?)([a-z-]+)[^<>]*?(\/?)>/g)) {
      if (close === '/') assert.equal(open.pop(), name);
      else if (single !== '/') open.push(name);
    }
    assert.deepEqual(open, []);
  });
});

describe('Markdown of a verdict', () => {
  const text = verdictMarkdown(verdict, 'https://ci.example/report.html');

  it('is a heading, the finding, a table with the baseline, and the worst images of what is not met', () => {
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      '## Rules: failed',
      '',
      '1 of 3 rules failed: recall.a &lt;b&gt; &gt;= 0.7.',
    ]);
    assert.ok(
      lines.includes('| ❌ fail | `recall.a <b> >= 0.7` | 0.5 | 0.4 to 0.6 | 78 objects |  |'),
      text,
    );
    assert.ok(
      lines.includes(
        '| ❔ could not tell | `change of map50 >= 0` | -0.01 |  | 78 objects | 0.51 (now 0.5) |',
      ),
      text,
    );
    assert.match(text, /Worst images:\n\n- `shots\/<b>\|1\.jpg`: 3 misses\n/);
    assert.equal(text.match(/3 misses/g)?.length, 1);
    assert.match(
      text,
      /against `bbbbbbbbbbbb`\. \[Report\]\(<https:\/\/ci\.example\/report\.html>\)\n$/,
    );
  });

  it('goes below the title of a summary and away again', () => {
    const summary = '# Title\n\nText.\n';
    const shown = withVerdictMarkdown(summary, text);
    assert.match(shown, /^# Title\n\n<!-- verdict -->\n## Rules/);
    assert.match(shown, /<!-- \/verdict -->\n\nText\.\n$/);
    assert.equal(withVerdictMarkdown(shown, undefined), summary);
  });
});
