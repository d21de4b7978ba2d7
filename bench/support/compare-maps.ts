import type { LayerMaps } from '../../src/local/library/heatmap.ts';
import type { NpyArray } from '../../test/support/npz.ts';

/**
 * The largest 1 - |r| between maps of the first component and those of `pc1.npz` under `KEY/IMAGE/model.N`, over the cells where the reference is not zero: it is
 * zero on padding. Rounding turns the first component toward the second the more, the more alike both are: where `KEY/IMAGE/model.N/second` has the ratio p of their singular
 * values, 1 - |r| counts (1 - p^2)^2 times (Wedin's bound). A layer that the file names otherwise is held against the reference on the same grid that fits best.
 *
 * @returns Infinity where a layer has no reference on its grid, or the reference has more layers; undefined where there is no reference.
 */
export function mapsDistance(
  layers: readonly LayerMaps[],
  references: ReadonlyMap<string, NpyArray>,
  prefix: string,
): number | undefined {
  const theirs = [...references].filter(
    ([name]) =>
      name.startsWith(`${prefix}/model.`) &&
      name.split('/').length === prefix.split('/').length + 1,
  );
  if (theirs.length === 0) return undefined;
  if (layers.length < theirs.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...theirs.map(([name, map]) => {
      const named = layers.filter(({ layer }) => name.endsWith(`/${layer}`));
      const candidates = named.length > 0 ? named : layers;
      const second = references.get(`${name}/second`)?.data[0] ?? 0;
      return (
        (1 - second ** 2) ** 2 * Math.min(...candidates.map((layer) => distanceOf(layer, map)))
      );
    }),
  );
}

function distanceOf({ components: [first] }: LayerMaps, { shape, data }: NpyArray): number {
  if (first?.gridHeight !== shape[0] || first?.gridWidth !== shape[1]) {
    return Number.POSITIVE_INFINITY;
  }
  const cells = [...data.keys()].filter((cell) => data[cell] !== 0);
  const { values } = first!;
  if (cells.length === 0)
    return values.every((value) => value === 0) ? 0 : Number.POSITIVE_INFINITY;
  const mean = (map: ArrayLike<number>) =>
    cells.reduce((sum, cell) => sum + map[cell]!, 0) / cells.length;
  const [meanOurs, meanTheirs] = [mean(values), mean(data)];
  let [both, ours, theirs] = [0, 0, 0];
  for (const cell of cells) {
    const [a, b] = [values[cell]! - meanOurs, data[cell]! - meanTheirs];
    both += a * b;
    ours += a * a;
    theirs += b * b;
  }
  const r = both / Math.sqrt(ours * theirs);
  return Number.isNaN(r) ? Number.POSITIVE_INFINITY : 1 - Math.abs(r);
}
