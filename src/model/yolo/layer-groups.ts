import type { ModuleGraph, ModuleOutput } from './module-graph.ts';

type LayeredGraph = Pick<ModuleGraph, 'modules' | 'headModule' | 'defaultTargets'>;

/** `15-21`, `model.15-21`, `-8--2`, `model.15-model.21`. */
const range = /^\/?(?:(?:model|block)\.)*(-?\d+)\s*-\s*(?:(?:model|block)\.)*(-?\d+)$/;

/**
 * The tensors that a request for several layers means, in the order of the graph: `head` what the head reads, `backbone` all modules before the first that enlarges
 * its grid, `all` every module, `15-21` modules by number, both ends included, negative ones counted from the end. `undefined` for another request.
 */
export function layerGroup(model: LayeredGraph, request: string): readonly string[] | undefined {
  if (request === 'head') return model.defaultTargets;
  const tensorsOf = (modules: readonly ModuleOutput[]) => modules.map(({ tensor }) => tensor);
  const explained = model.modules.filter((module) => hasGrid(module, model));
  if (request === 'all') return tensorsOf(explained);
  if (request === 'backbone') {
    const neck = explained.findIndex(({ block }) => block === 'Upsample');
    return tensorsOf(neck < 0 ? explained : explained.slice(0, neck));
  }
  const [, from, to] = range.exec(request) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [moduleIndex(model, from), moduleIndex(model, to)];
  return tensorsOf(explained.filter(({ index }) => index >= first && index <= last));
}

/** Only a classifier's head has a grid: its features before the pooling, which are a default target. */
export function hasGrid(
  module: ModuleOutput,
  { defaultTargets }: Pick<ModuleGraph, 'defaultTargets'>,
): boolean {
  return !module.isHead || defaultTargets.includes(module.tensor);
}

/** A negative number counts from the end: -1 is the head. */
export function moduleIndex({ headModule }: Pick<ModuleGraph, 'headModule'>, text: string): number {
  return text.startsWith('-') ? headModule + 1 + Number(text) : Number(text);
}
