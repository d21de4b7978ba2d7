import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { ComparedRun } from '../compare/compared-run.ts';
import type { Comparison } from '../compare/comparison.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { loadComparedImages } from './load-compared-images.ts';
import { renderComparison } from './render-comparison.ts';

export interface WriteRequest {
  readonly comparison: Comparison;
  /** Those that were compared, in the same order. */
  readonly runs: readonly ComparedRun[];
  /** Where to: `comparisons/<id>/` below its root. */
  readonly store: ObjectStore;
  /** By which the stores of the images are opened. */
  readonly storage?: StoreOptions;
}

/**
 * Writes `comparison.json`, `comparison.md` and, last, `comparison.html` to `comparisons/<id>/`, each whole or not at all. The same comparison gives the same files.
 *
 * @returns the key of the page
 */
export async function writeComparison(request: WriteRequest): Promise<string> {
  const { comparison, runs, store, storage = {} } = request;
  const { comparisonId, steps } = comparison;
  const images = await loadComparedImages(runs, steps.at(-1)?.changed ?? [], storage);
  const texts: readonly (readonly [string, string])[] = [
    ['comparison.json', `${JSON.stringify(comparison)}\n`],
    ['comparison.md', comparisonMarkdown(comparison)],
    ['comparison.html', renderComparison(comparison, images)],
  ];
  for (const [name, text] of texts) {
    const key = objectKeys.comparison(comparisonId, name);
    await store.put(key, new TextEncoder().encode(text));
  }
  return objectKeys.comparison(comparisonId, 'comparison.html');
}
