import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withEvaluation } from '../../../src/report/findings/evaluation-headlines.ts';
import { escapeMarkdown } from '../../../src/report/markdown/markdown.ts';
import { summaryMarkdown } from '../../../src/report/markdown/summary-markdown.ts';
import { summarize } from '../../../src/report/summary/summary.ts';
import { madeEvaluation, withLabels } from '../../support/made-evaluation.ts';
import {
  type MadeRowsOptions,
  madeRows,
  madeSpec,
  madeStatistics,
} from '../../support/made-run.ts';

function markdownOf(rows: MadeRowsOptions, classNames?: readonly string[], name?: string): string {
  const spec = madeSpec({
    images: rows.images,
    ...(classNames && { classNames }),
    ...(name !== undefined && { name }),
  });
  const summary = summarize({
    spec,
    statistics: madeStatistics(madeRows(rows)),
    timings: { stagesMs: { decode: 600, infer: 1800 }, wallMs: 2000 },
    devices: { cpu: rows.images },
  });
  return summaryMarkdown(summary, 's3://results');
}

describe('summary.md', () => {
  it('has the finding as its title, then sentences and tables', () => {
    const text = markdownOf({ images: 24, objects: () => 4 });
    const lines = text.split('\n');
    assert.equal(lines[0], '# The model found 96 objects in all 24 images');
    assert.match(text, /^- No image was flagged\. That no rule was met .+\.$/m);
    assert.match(text, /^- 24 images explained in 2 s on the CPU\.$/m);
    assert.match(text, /^\| RBC \| \d+ \| \d+ \| 0\.\d+ \| [\d.]+\u00a0% \|$/m);
    assert.match(text, /^\| heat inside boxes, all layers fused \| 24 \| /m);
    assert.doesNotMatch(text, /undefined|NaN/);
  });

  it('has every measure with histogram and quantiles, the images at either end, and the stages', () => {
    const text = markdownOf({ images: 24, objects: () => 4 });
    const figures = String.raw`(?: \| [\d.,-]+){5} \|`;
    for (const name of ['heat inside boxes, all layers fused', 'sign certainty, layer 21']) {
      assert.match(text, new RegExp(`^\\| ${name} \\| 24 \\| [\u00a0▁-█]+${figures}$`, 'm'));
    }
    assert.match(text, /^\| area of the boxes \| (`image-\d+\.jpg` [\d.]+(, )?){3} \| `image/m);
    assert.match(text, /^\| infer \| 1\.8 s \| 75 ms \| 75\u00a0% \|$/m);
  });

  it('has no ends of a measure that is the same on all images', () => {
    const measures = () => ({ peak_in_boxes_fused: 0 });
    const text = markdownOf({ images: 24, objects: () => 4, measures });
    const ends = text.split('\n\n').find((block) => block.startsWith('| Measure | Lowest')) ?? '';
    assert.match(ends, /^\| heat inside boxes, all layers fused \|/m);
    assert.doesNotMatch(ends, /^\| (hottest cell inside a box|objects)\b/m);
  });

  it('says what to do by the reason', () => {
    const text = markdownOf({
      images: 4,
      failed: (i) => {
        const svg = 'SVG is not accepted: it holds a drawing, not pixels';
        return { status: 'failed_to_decode', reason: i === 0 ? svg : 'the file is empty' };
      },
    });
    assert.match(text, /^\| SVG is not accepted.* \| 1 \| Convert it to PNG or JPEG\. \|/m);
    assert.match(text, /^\| the file is empty \| 3 \| Copy the file again/m);
    assert.match(text, /^\| --- \| ---: \| --- \| --- \|$/m);
  });

  it('names shards that failed, with the reason, and the command that tries them again', () => {
    const spec = madeSpec({ images: 24 });
    const summary = summarize({
      spec,
      statistics: madeStatistics(madeRows({ images: 24 })),
      timings: { stagesMs: {}, wallMs: 2000 },
      devices: { cpu: 24 },
      failedShards: new Map([9, 4, 7, 2].map((shard) => [shard, `no manifest <${shard}>`])),
    });
    const text = summaryMarkdown(summary, 's3://my results');
    assert.match(text, /^## Shards that failed: 4$/m);
    assert.match(text, /^\| 2 \| no manifest &lt;2&gt; \|$/m);
    assert.match(text, /^\| 7 \| .*\n\nand 1 more in summary.json\.$/m);
    assert.doesNotMatch(text, /^\| 9 \|/m);
    const retry = `eigenfleet resume ${spec.runId} --out 's3://my results' --retry-failed`;
    assert.ok(text.includes(`\n\nRetry them with \`${retry}\`.\n`), text);
  });

  it('has rows of as many cells as their head', () => {
    const text = markdownOf({
      images: 24,
      failed: (i) => (i < 2 ? { status: 'failed_to_decode', reason: 'a | b' } : undefined),
      measures: () => ({ border_lift_fused: 3 }),
      keyOf: (i) => `a|b ${i}.jpg`,
    });
    const tables = text.split('\n\n').filter((block) => block.startsWith('| '));
    assert.ok(tables.length >= 3);
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.match(/(?<!\\)\|/g)?.length);
      assert.equal(new Set(widths).size, 1, table);
    }
  });

  it('escapes the names of datasets, files and classes', () => {
    const text = markdownOf(
      {
        images: 24,
        failed: (i) =>
          i === 0 ? { status: 'failed_to_decode', reason: '<script>x</script>' } : undefined,
        keyOf: (i) => `\`[click](http://a.b)\`-${i}.jpg`,
      },
      ['*bold* _it_ @team', '# title', '<img src=x>'],
      'a`b',
    );
    assert.doesNotMatch(text, /<img|<script/);
    assert.match(text, /\\\*bold\\\* \\_it\\_ \\@team/);
    assert.match(text, /`` \[click\]|`` `\[click\]/);
    assert.match(text, /Dataset `` a`b ``/);
  });

  it('shows what would be invisible', () => {
    assert.equal(escapeMarkdown('a\nb\u202ec'), 'a\\\\nb\\\\u202ec');
  });

  it('has the figures of every class where labels were compared, names escaped', () => {
    const spec = madeSpec({ classNames: ['RBC', 'a | b', 'Platelets'] });
    const rows = withLabels(madeRows({ images: 40, objects: () => 9 }), 3);
    const { evaluation } = madeEvaluation(spec, rows);
    const summary = summarize({
      ...{ spec, statistics: madeStatistics(rows), timings: { stagesMs: {}, wallMs: 1 } },
      devices: { cpu: 40 },
    });
    const text = summaryMarkdown(withEvaluation(summary, evaluation), 's3://results', evaluation);
    assert.match(text, /^## Evaluation\n\n\| Class \| Labels \| Found \| False positives \|/m);
    assert.match(text, /^\| RBC \| \d+ \| \d+ \| \d+ \| \d+ \| 0\.\d\d \(0\.\d\d to 0\.\d\d\) \|/m);
    assert.match(text, /^\| a \\\| b \|/m);
    assert.match(text, /^\| \*\*All classes\*\* \| .*0\.553 \(0\.498 to 0\.608\) \|/m);
    assert.match(text, /as Ultralytics 8\.4\.176\. Ranges are 95 % intervals over 40 groups/);
    assert.doesNotMatch(text, /undefined|NaN/);
  });
});
