import { boxMapShares } from '../../image/figure/box-map-caption.ts';
import { readStoredBoxMaps } from '../../shared/results/box-maps/stored-box-maps.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { MarkedRow } from '../summary/outlier-marks.ts';
import { pictureMap, withPng } from './card-maps.ts';
import type { CardBox } from './gallery-card.ts';

/** Boxes that a card offers: of a run with more, the strongest ones. */
const mostBoxes = 8;
/** On all cards together: each is five nodes of the page. */
const mostOnPage = 200;
/** Their pictures on all cards together stay below this; base64 adds a third. */
const mostBytes = 160_000;

/** The stored box maps of one image, the strongest box first; none where the run stored none, or where they cannot be read. */
export async function readCardBoxes(
  store: ObjectStore,
  spec: RunSpec,
  shard: number,
  { boxMaps, geometry, detections }: MarkedRow,
): Promise<CardBox[]> {
  if (geometry === undefined) return [];
  const wanted = boxMaps?.slice(0, mostBoxes);
  const stored = (await readStoredBoxMaps(store, spec, { shard, boxMaps: wanted })) ?? [];
  return stored.flatMap((one) => {
    const detection = detections[one.detection];
    const shares = boxMapShares({ geometry, detections }, one, 'its class');
    if (detection === undefined || shares === undefined) return [];
    const picture = pictureMap('box', one, geometry);
    if (picture.isDegenerate) return [];
    return [{ ...withPng(picture), detection, layer: one.layer, shares }];
  });
}

/** How many boxes each card may show, so that all of them fit the page: the same number everywhere, or cards could not be compared. */
export function shownBoxes(cards: readonly { readonly boxes: readonly CardBox[] }[]): number {
  for (let count = mostBoxes; count > 0; count--) {
    const shown = cards.flatMap(({ boxes }) => boxes.slice(0, count));
    const bytes = shown.reduce((sum, { png }) => sum + png.length, 0);
    if (shown.length <= mostOnPage && bytes <= mostBytes) return count;
  }
  return 0;
}
