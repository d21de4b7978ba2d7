import type { GridMap } from '../../maps/content-cells.ts';
import type { RankedMap } from '../../report/advice/layer-advice.ts';
import type { SheetImage } from '../../report/advice/sheet-image.ts';
import { countedObjects } from '../../shared/run/labels/sample-labels.ts';
import type { AdviceSamples } from './advice-samples.ts';
import type { CandidateExplainers } from './candidate-explainers.ts';
import { type Explained, explainImage, type MeasuredImage } from './measure-images.ts';
import { fusedMaps, layerMaps } from './object-heat.ts';

const mostImages = 4;

/** A few of the images, spread evenly, with all their maps; which of them are shown, and what is fused, is said later. */
export async function sheetImages(
  explainers: CandidateExplainers,
  from: AdviceSamples,
  measured: readonly MeasuredImage[],
): Promise<(columns: readonly RankedMap[]) => SheetImage[]> {
  const makers: ((columns: readonly RankedMap[]) => SheetImage)[] = [];
  for (const index of spread(measured.map((one) => one.index))) {
    const result = await explainImage(explainers, from, index);
    if (result.status !== 'explained') continue;
    const { sample, bytes } = result;
    const key = from.samples[index]?.key ?? '';
    makers.push(sheetImage(sample, from, { key, bytes }));
  }
  return (columns) => makers.map((make) => make(columns));
}

function sheetImage(
  sample: Explained,
  { plan, labelsOf }: AdviceSamples,
  file: Pick<SheetImage, 'key' | 'bytes'>,
) {
  const { geometry, detections, labels, layers } = sample;
  const { padding } = plan.options;
  const maps = layerMaps({ layers, geometry, padding });
  const labeled = labelsOf === undefined ? [] : countedObjects(labels ?? { objects: [] });
  return (columns: readonly RankedMap[]): SheetImage => ({
    ...{ ...file, geometry, labeled },
    detections: labelsOf === undefined ? detections : [],
    maps: columns.flatMap(({ layers: names, fusion }): GridMap[] =>
      fusion === undefined
        ? names.flatMap((name) => maps.get(name) ?? [])
        : fusedMaps(maps, [{ layers: names, fusion }]),
    ),
  });
}

function spread(indices: readonly number[]): number[] {
  if (indices.length <= mostImages) return [...indices];
  const places = Array.from({ length: mostImages }, (_, i) => (i * indices.length) / mostImages);
  return places.flatMap((place) => indices[Math.floor(place)] ?? []);
}
