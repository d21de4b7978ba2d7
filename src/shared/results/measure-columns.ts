import { type MeasureKind, type MeasureName, measureCatalog } from '../catalog/measure-catalog.ts';
import { componentPart, mapColumn, snakeCase } from '../catalog/measure-column.ts';
import type { RunSpec } from '../run/run-spec.ts';

/** The measure columns that a run's rows can have, in the order of the catalog; the same for every shard of a run. */
export function measureColumnsOf({
  targetLayers,
  options,
  labels,
}: Pick<RunSpec, 'targetLayers' | 'options' | 'labels'>): string[] {
  const layers = targetLayers.map(({ column }) => column);
  const further = options.components.slice(1);
  const kinds: readonly (MeasureKind & { readonly name: MeasureName })[] = measureCatalog;
  const taken = kinds.filter(
    ({ labeled, ofBasis }) =>
      (labels !== undefined || labeled !== true) &&
      (options.basis !== undefined || ofBasis !== true),
  );
  return taken.flatMap(({ name, per }) => {
    if (per === 'sample') return [snakeCase(name)];
    if (per === 'map') return ['fused', ...layers].map((map) => mapColumn(name, map));
    return layers
      .flatMap((layer) => [layer, ...further.map((one) => componentPart(layer, one))])
      .map((part) => mapColumn(name, part));
  });
}
