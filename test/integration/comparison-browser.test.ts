import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { compareRuns } from '../../src/verdict/compare/compare-runs.ts';
import { loadComparedImages } from '../../src/verdict/page/load-compared-images.ts';
import { renderComparison } from '../../src/verdict/page/render-comparison.ts';
import { axeViolations } from '../support/axe-violations.ts';
import { findChromium } from '../support/chromium.ts';
import { madeComparedRun } from '../support/made-comparison.ts';
import { tempDir } from '../support/temp-dir.ts';

const executablePath = await findChromium();
const skip =
  executablePath === undefined ? 'no Chromium could be had (the reason is above)' : false;

describe('the page of a comparison in a browser', { skip }, () => {
  const file = join(tempDir(), 'comparison.html');
  let browser: Browser;

  before(async () => {
    writeFileSync(file, await madePage());
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic'];
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  });

  after(() => browser.close());

  async function open(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  for (const [width, colorScheme] of [
    [390, 'dark'],
    [1280, 'light'],
  ] as const) {
    it(`fits at ${width} px, ${colorScheme}, and has no serious finding of axe-core`, async () => {
      const page = await open(width, colorScheme);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      assert.deepEqual(await axeViolations(page), []);
      await page.context().close();
    });
  }

  it('keeps the rows of its tables low at 390 px', async () => {
    const page = await open(390);
    for (const table of ['#measures tbody tr', '#method tbody tr']) {
      const rows = await page.locator(table).all();
      const heights = await Promise.all(rows.map((row) => row.boundingBox()));
      const highest = Math.max(...heights.map((box) => box?.height ?? 0));
      assert.ok(highest > 0 && highest < 200, `${table}: ${highest} px`);
    }
    await page.context().close();
  });

  it('shows an image in all runs under its name, whether a card has it whole or not', async () => {
    const page = await open(1280);
    const names: string[] = [];
    for (const card of await page.locator('#images .card').all()) {
      await card.locator('button').click();
      const dialog = page.locator('dialog[open]');
      names.push((await dialog.locator('h2').textContent()) ?? '');
      assert.ok((await dialog.locator('figure').count()) >= 2);
      await page.keyboard.press('Escape');
    }
    assert.ok(
      names.some((name) => /^\d+\.jpg$/.test(name)) && names.some((name) => /^folder/.test(name)),
    );
    await page.context().close();
  });
});

/** In order, as stored rows are; the latter half in a folder. */
function keyOf(i: number): string {
  return `${i < 12 ? '' : 'folder/'}${String(i).padStart(3, '0')}.jpg`;
}

async function madePage(): Promise<string> {
  const runs = await Promise.all(
    [1, 2].map((seed) =>
      madeComparedRun({
        ...{ runId: `r${seed}`, name: `run ${seed}` },
        judged: { WBC: { tp: (i) => (i * seed) % 5, fn: () => 1, fp: () => 1 } },
        rows: { images: 24, seed, keyOf },
      }),
    ),
  );
  const comparison = await compareRuns(runs);
  const images = await loadComparedImages(runs, comparison.steps.at(-1)!.changed, {});
  return renderComparison(comparison, images);
}
