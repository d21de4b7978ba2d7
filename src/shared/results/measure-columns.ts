import { measureCatalog } from '../catalog/measure-catalog.ts';
import type { RunSpec } from '../run/run-spec.ts';

/** The measure columns that a run's rows can have, in the order of the catalogue; the same for every shard of a run. */
export function measureColumnsOf({
  targetLayers,
  options,
}: Pick<RunSpec, 'targetLayers' | 'options'>): string[] {
  const layers = targetLayers.map(({ name }) => name);
  const further = options.components.slice(1).map((component) => `.pc${component}`);
  return measureCatalog.flatMap(({ name, per }) => {
    if (per === 'sample') return [name];
    if (per === 'map') return ['fused', ...layers].map((map) => `${name}.${map}`);
    return layers.flatMap((layer) => ['', ...further].map((suffix) => `${name}.${layer}${suffix}`));
  });
}
