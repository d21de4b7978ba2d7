import { modelNameOf } from '../../../shared/run/places/model-name.ts';
import type { ComparedRun } from '../compared-run.ts';

/**
 * What runs are called beside each other: their names where people gave any, else what distinguishes their models' files (`best-epoch5` and `best-epoch20` are
 * `epoch5` and `epoch20`), else their datasets, else their ids.
 */
export function runLabels(runs: readonly ComparedRun[]): string[] {
  const models = withoutCommonStart(runs.map(({ spec }) => stemOf(spec.model.uri)));
  const datasets = runs.map(({ spec }) => spec.dataset.name);
  const ways = [models, datasets, runs.map(({ runId }) => runId)];
  const plain = ways.find(areDistinct) ?? runs.map(({ runId }, i) => `${runId} (${i + 1})`);
  const labels = runs.map(({ name }, i) => name ?? (plain[i] as string));
  return areDistinct(labels) ? labels : plain;
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length && texts.every((text) => text !== '');
}

function stemOf(uri: string): string {
  return modelNameOf(uri).replace(/\.[^.]+$/, '');
}

/** `a-1`, `a-2`, `a` -> `1`, `2`, `a`; cut only before a letter or digit that follows another character. */
function withoutCommonStart(texts: readonly string[]): string[] {
  const [first = ''] = texts;
  let shared = 0;
  while (
    shared < first.length &&
    texts.every((text) => (text[shared] ?? first[shared]) === first[shared])
  ) {
    shared += 1;
  }
  const start = first.slice(0, shared).replace(/[\p{L}\p{N}]*$/u, '');
  return texts.map((text) => (text.length > start.length ? text.slice(start.length) : text));
}
