import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical findings of axe-core, with the elements: of the whole page, or of the one part in which the page differs from that. */
export async function axeViolations(page: Page, part = ':root'): Promise<string[]> {
  assert.equal(await page.locator(part).count(), 1, part);
  await page.evaluate(axe.source);
  // Without the answers that are not asked for, axe-core need not find a selector for each element that is well.
  const run = `axe.run('${part}', { resultTypes: ['violations'] })`;
  const result = (await page.evaluate(run)) as axe.AxeResults;
  return result.violations
    .filter(({ impact }) => impact === 'critical' || impact === 'serious')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
