import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareRuns } from '../../../src/verdict/compare/compare-runs.ts';
import type { ComparedRun } from '../../../src/verdict/compare/compared-run.ts';
import { comparisonJunit } from '../../../src/verdict/page/comparison-junit.ts';
import { comparisonMarkdown } from '../../../src/verdict/page/comparison-markdown.ts';
import { comparisonStyle } from '../../../src/verdict/page/comparison-style.ts';
import { loadComparedImages } from '../../../src/verdict/page/load-compared-images.ts';
import { renderComparison } from '../../../src/verdict/page/render-comparison.ts';
import { writeComparison } from '../../../src/verdict/page/write-comparison.ts';
import { madeComparedRun } from '../../support/made-comparison.ts';

const judged = (found: number) => {
  const tp = (i: number) => Math.min(4, found + Number(i % (found + 1) === 0));
  return { WBC: { tp, fn: (i: number) => 4 - tp(i), fp: () => 1 } };
};
const nasty = '<img src=x onerror=alert(1)>';

/** Made once: making them takes longer than comparing them. */
let made: Promise<ComparedRun[]> | undefined;

async function madeRuns(count: number): Promise<ComparedRun[]> {
  made ??= Promise.all(
    [0, 1, 2].map((i) =>
      madeComparedRun({
        ...{ runId: `r${i}`, name: i === 0 ? `first ${nasty}` : `run ${i}`, judged: judged(i + 1) },
        rows: {
          images: 24,
          seed: i + 1,
          keyOf: (n) => `${String(n).padStart(3, '0')}${nasty}.jpg`,
        },
      }),
    ),
  );
  return (await made).slice(0, count);
}

async function pageOf(runs: readonly ComparedRun[]): Promise<string> {
  const comparison = await compareRuns(runs);
  const images = await loadComparedImages(runs, comparison.steps.at(-1)!.changed, {});
  return renderComparison(comparison, images);
}

/** What no page may say: a cause, a mind, a class judged by a map. */
const forbidden = /\bignores?\b|\bunderstands?\b|\bbecause\b|important pixels?|\bdue to\b/i;

describe('the page of a comparison', () => {
  for (const runs of [2, 3]) {
    it(`of ${runs} runs has one h1 with the finding, a language, and no dead link`, async () => {
      const page = await pageOf(await madeRuns(runs));
      assert.equal(page.match(/<h1/g)?.length, 1);
      assert.match(/<h1[\s\S]*?<\/h1>/.exec(page)?.[0] ?? '', /WBC recall 0\.\d+ \u2192 0\.\d+/);
      assert.match(page, /<html lang="en">/);
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, 'an id is used twice');
      const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual(
        links.filter((link) => !ids.includes(link)),
        [],
      );
      const text = page
        .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
        .replace(/data:image[^"]*/g, '');
      assert.doesNotMatch(text, /NaN|undefined|Infinity/);
      assert.doesNotMatch(text, forbidden);
      assert.equal(/id="progress"/.test(page), runs > 2);
    });
  }

  it('has in bold the differences alone whose interval excludes 0', async () => {
    const page = await pageOf(await madeRuns(2));
    const cells = [
      ...page.matchAll(/<td class="number"[^>]*>(?:(?!<\/td>).)*class="delta.*?<\/td>/g),
    ];
    assert.ok(cells.length > 10);
    for (const [cell] of cells) {
      const [, low = '0', high = '0'] = /([+-][\d.]+|0) to ([+-][\d.]+|0)/.exec(cell) ?? [];
      const isClear = Number(low) > 0 || Number(high) < 0;
      assert.equal(/<b[ >]/.test(cell), isClear, cell);
    }
    assert.doesNotMatch(comparisonStyle, /\.delta\{[^}]*font-weight/);
  });

  it('loads nothing, and escapes names of runs and images', async () => {
    const page = await pageOf(await madeRuns(2));
    assert.doesNotMatch(page, /<img src=x/);
    const loads = page.match(/ (?:src|href)="(?!data:|#)[^"]*|url\((?!data:|#)[^)]*/g) ?? [];
    assert.deepEqual(loads, []);
    assert.match(page, /default-src &#39;none&#39;; img-src data:/);
  });

  it('shows an image that one of the runs does not hold, and says so', async () => {
    const other = await madeComparedRun({
      ...{ runId: 'other', name: 'other' },
      rows: { images: 3, keyOf: (i) => `else-${i}.jpg` },
    });
    const page = await pageOf([other, ...(await madeRuns(2))]);
    assert.match(page, /not in this run/);
  });

  it('is written last, beside the same numbers as JSON and Markdown', async () => {
    const runs = await madeRuns(2);
    const comparison = await compareRuns(runs);
    const { store } = runs[1]!;
    const key = await writeComparison({ comparison, runs, store });
    assert.equal(key, `comparisons/${comparison.comparisonId}/comparison.html`);
    const json = await store.get(key.replace('.html', '.json'));
    assert.deepEqual(
      JSON.parse(Buffer.from(json!).toString()),
      JSON.parse(JSON.stringify(comparison)),
    );
    assert.ok(await store.get(key.replace('.html', '.md')));
  });
});

describe('a comparison as text', () => {
  it('is Markdown whose tables data cannot break', async () => {
    const text = comparisonMarkdown(await compareRuns(await madeRuns(2)));
    assert.match(text, /^# /);
    assert.match(text, /\| Class \| Recall \| Difference \|/);
    assert.doesNotMatch(text.replace(/`[^`]*`/g, ''), /<img/);
    const widths = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(' | ').length);
    assert.ok(widths.length > 5 && widths.every((width) => width > 3));
  });

  it('is JUnit in which nothing fails', async () => {
    const xml = comparisonJunit(await compareRuns(await madeRuns(3)));
    assert.match(xml, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites [^>]*failures="0">/);
    assert.equal(xml.match(/<testsuite /g)?.length, 2);
    assert.match(
      xml,
      /<testcase classname="[^"]*" name="recall\.WBC"><system-out>WBC recall 0\.\d+ -&gt; 0\.\d+/,
    );
    assert.doesNotMatch(xml, /<img|<failure/);
  });
});
