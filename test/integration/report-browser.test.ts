import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { axeViolations } from '../support/axe-violations.ts';
import { findChromium } from '../support/chromium.ts';
import { madeReport } from '../support/made-report.ts';
import { tempDir } from '../support/temp-dir.ts';

const executablePath = await findChromium();
const skip =
  executablePath === undefined ? 'no Chromium could be had (the reason is above)' : false;

describe('the report in a browser', { skip }, () => {
  const file = join(tempDir(), 'report.html');
  let browser: Browser;

  before(async () => {
    const page = await madeReport({
      spec: { classNames: ['RBC', '<img src=x onerror=alert(1)>', '', 'x'.repeat(300), 'All'] },
      // Enough that every kind of element is there, crops whose image is in no other section too; axe-core takes time with each.
      rows: {
        images: 20,
        classes: 5,
        objects: (i) => (i * 7) % 5,
        keyOf: (i) => (i === 3 ? `${'long-'.repeat(58)}.jpg` : `folder/"${i}" <b>.jpg`),
        measures: (i) => (i % 12 === 0 ? { border_lift_fused: 3 } : {}),
        failed: (i) =>
          i === 20 ? { status: 'failed_to_decode', reason: 'The image is empty.' } : undefined,
      },
      photos: 12,
      ...{ evidence: true, boxMaps: true, labels: true },
    });
    writeFileSync(file, page);
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic'];
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args });
  });

  after(() => browser.close());

  /** Opens the page; what it says on the console and asks of the network is in `noise`. */
  async function open(options: BrowserContextOptions): Promise<{ page: Page; noise: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(data:|file:.*report\.html)/.test(request.url())) noise.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, noise };
  }

  for (const width of [390, 1280, 1920]) {
    it(`is quiet and fits at ${width} px, light and dark`, async () => {
      const { page, noise } = await open({
        viewport: { width, height: 900 },
        colorScheme: 'light',
      });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const scrolled = await page.evaluate('document.documentElement.scrollWidth');
        assert.equal(scrolled, width, `the page scrolls sideways, ${colorScheme}`);
      }
      assert.deepEqual(noise, []);
      await page.context().close();
    });
  }

  for (const [width, colorScheme] of [
    [390, 'dark'],
    [1280, 'light'],
  ] as const) {
    it(`has no serious finding of axe-core at ${width} px, ${colorScheme}`, async () => {
      const { page } = await open({ viewport: { width, height: 900 }, colorScheme });
      assert.deepEqual(await axeViolations(page), []);
      await page.context().close();
    });
  }

  it('has its heading within three lines at 390 px, four in the wide font of a machine without others', async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 } });
    const box = await page.locator('h1').boundingBox();
    assert.ok(box && box.height <= 4 * 22 * 1.2 + 1, `${box?.height} px`);
    await page.context().close();
  });

  it('is whole without script: every section shows and the switches work', async () => {
    const { page } = await open({
      viewport: { width: 1280, height: 900 },
      javaScriptEnabled: false,
    });
    for (const id of [
      'evaluation',
      'objects',
      'flags',
      'where',
      'measures',
      'classes',
      'gallery',
      'failures',
      'method',
    ]) {
      assert.ok(await page.locator(`#${id} h2`).isVisible(), id);
    }
    const card = page.locator('#gallery .card').first();
    assert.ok(await card.locator('.map.m0').isVisible());
    await page.locator('#map-1').check({ force: true });
    assert.ok(await card.locator('.map.m1').isVisible());
    assert.ok(!(await card.locator('.map.m0').isVisible()));
    await page.locator('#map-none').check({ force: true });
    assert.equal(await card.locator('.map:visible').count(), 0);
    assert.equal(await page.locator('button:visible').count(), 0, 'a button that does nothing');
    await page.locator('#theme-dark').check({ force: true });
    assert.equal(await colorOf(page), 'rgb(18, 21, 26)');
    await page.context().close();
  });

  it('shows the evidence of the class that is chosen, also by keys and without script', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open({ viewport: { width: 1280, height: 900 }, javaScriptEnabled });
      const with1 = page.locator('.card:has(.map.e1)').first();
      const without1 = page.locator('#gallery .card:not(:has(.map.e1))').first();
      // The last of the maps of layers; the next key goes on to the first class, and the next one to the second.
      await page.locator('#map-none').focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      assert.ok(await page.locator('#map-e1').isChecked());
      assert.equal(await with1.locator('.map:visible').count(), 1);
      assert.ok(await with1.locator('.map.e1').isVisible());
      assert.match(
        (await with1.locator('.of-class:visible').textContent()) ?? '',
        /self-agreement/,
      );
      assert.equal(await with1.locator('.numbers:visible').count(), 0, 'numbers of the fused map');
      assert.equal(await without1.locator('.map:visible').count(), 0);
      const words = `getComputedStyle(document.querySelector('.card:not(:has(.map.e1)) .stage'),'::after').content`;
      assert.equal(await page.evaluate(words), '"no map of this class"');
      assert.ok(await page.locator('.hero-figure .map.m0').isVisible(), 'the first picture stays');
      if (javaScriptEnabled)
        assert.deepEqual(await axeViolations(page, `#${await with1.getAttribute('id')}`), []);
      await page.context().close();
    }
  });

  it('shows the map of the box that is chosen under a photo or in it, also without script', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open({ viewport: { width: 1280, height: 900 }, javaScriptEnabled });
      const card = page.locator('#gallery .card:has(.map.b1)').first();
      assert.equal(await card.locator('.pick:visible, .hit:visible').count(), 0);
      await page.locator('#map-box').check({ force: true });
      assert.ok(await card.locator('.map.b0').isVisible());
      await card.locator('.pick input').first().focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(await card.locator('.map:visible').count(), 1);
      assert.ok(await card.locator('.map.b1').isVisible());
      assert.match(
        (await card.locator('.of-box:visible').textContent()) ?? '',
        /of the heat in it/,
      );
      assert.equal(await card.locator('.numbers:visible').count(), 0, 'numbers of the fused map');
      // The last in the markup lies on top.
      await card
        .locator('.hit')
        .last()
        .click({ position: { x: 4, y: 4 } });
      assert.equal(await page.locator('dialog[open]').count(), 0, 'the click is a choice');
      const top = (await card.locator('.hit').last().getAttribute('class'))?.split(' ')[1];
      assert.ok(await card.locator(`.map.${top}`).isVisible());
      const words = `getComputedStyle(document.querySelector('#gallery .card:not(:has(.hit)) .stage'),'::after').content`;
      assert.equal(await page.evaluate(words), '"no map of a box"');
      if (javaScriptEnabled)
        assert.deepEqual(await axeViolations(page, `#${await card.getAttribute('id')}`), []);
      await page.context().close();
    }
  });

  it('leads from a count to its crops, and from a crop to its image, also without script', async () => {
    const { page } = await open({
      viewport: { width: 1280, height: 900 },
      javaScriptEnabled: false,
    });
    const count = page.locator('.outcomes a').first();
    const place = (await count.getAttribute('href')) ?? '';
    await count.click();
    assert.ok(page.url().endsWith(place));
    const crop = page.locator(`${place} a.frame`).first();
    assert.ok(await crop.locator('.heat').isVisible());
    await page.locator('#crop-heat-off').check({ force: true });
    assert.ok(!(await crop.locator('.heat').isVisible()));
    const whole = (await crop.getAttribute('href')) ?? '';
    await crop.click();
    assert.ok(await page.locator(`${whole}:target .stage`).isVisible());
    await page.context().close();
  });

  it('opens the image of a crop with the object marked, and gives the focus back', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 } });
    const crop = page.locator('a.frame').first();
    await crop.focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('dialog .at').isVisible());
    assert.deepEqual(await axeViolations(page, 'dialog[open]'), []);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('a.frame:focus').count(), 1);
    await page.context().close();
  });

  it('closes an enlarged image when one goes back', async () => {
    const { page, noise } = await open({ viewport: { width: 390, height: 844 } });
    await page.locator('.outcomes a').first().click();
    await page.locator('a.frame').first().click();
    assert.ok(await page.locator('dialog[open]').isVisible());
    await page.goBack();
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.deepEqual(noise, []);
    await page.context().close();
  });

  it('shows all layers of an image side by side, and gives the focus back', async () => {
    const { page, noise } = await open({ viewport: { width: 1280, height: 900 } });
    const button = page.locator('#gallery .card button').first();
    await button.click();
    const classes = await page.locator('#gallery .card').first().locator('.of-class').count();
    const boxes = await page.locator('#gallery .card').first().locator('.of-box').count();
    assert.equal(await page.locator('dialog figure').count(), 4 + classes + boxes);
    assert.equal(await page.locator('dialog .hit').count(), boxes, 'each map has its own box');
    assert.ok(await page.locator('dialog .map').first().isVisible());
    assert.deepEqual(await axeViolations(page, 'dialog[open]'), []);
    await page.keyboard.press('Escape');
    assert.ok(!(await page.locator('dialog').isVisible()));
    assert.equal(await page.locator('#gallery .card button:focus').count(), 1);
    assert.deepEqual(noise, []);
    await page.context().close();
  });

  it('shows the images of one flag alone, and all again', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 } });
    const all = await page.locator('#gallery .card:visible').count();
    await page.locator('.flag-link[data-flag=border-focus]').click();
    const shown = await page.locator('#gallery .card:visible').count();
    assert.ok(shown > 0 && shown < all, `${shown} of ${all}`);
    assert.equal(
      await page.locator('#gallery .card[data-flags~=border-focus]:visible').count(),
      shown,
    );
    await page.getByRole('button', { name: 'Show all images' }).click();
    assert.equal(await page.locator('#gallery .card:visible').count(), all);
    await page.context().close();
  });

  it('sorts classes by any column', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 } });
    const table = page.locator('#classes table.sortable').first();
    const objects = async () =>
      (await table.locator('tbody tr td:nth-child(2)').allInnerTexts()).map(Number);
    const head = table.locator('th').nth(1);
    await head.getByRole('button').click();
    const falling = await objects();
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => b - a),
    );
    await head.getByRole('button').click();
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await objects(), [...falling].reverse());
    await page.context().close();
  });

  it('keeps the switches in its address', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 } });
    await page.locator('#map-2').check({ force: true });
    await page.locator('#color-viridis').check({ force: true });
    const address = page.url();
    assert.match(address, /#map=map-2&color=color-viridis$/);
    await page.goto('about:blank');
    await page.goto(address);
    assert.ok(await page.locator('#map-2').isChecked());
    assert.ok(await page.locator('#color-viridis').isChecked());
    await page.context().close();
  });

  it('opens every detail in print', async () => {
    const { page } = await open({ viewport: { width: 800, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('#measures details table').first().isVisible());
    assert.ok(!(await page.locator('.controls').isVisible()));
    const head = page.locator('#classes table.sortable th').first();
    assert.ok(await head.getByText('Class').isVisible(), 'what sorts a column is its heading');
    await page.context().close();
  });
});

function colorOf(page: Page): Promise<unknown> {
  return page.evaluate('getComputedStyle(document.body).backgroundColor');
}
