import { addressOf, type RowAddress } from '../../shared/run/places/row-address.ts';
import { encodePhotos } from '../gallery/encode-photos.ts';
import type { GalleryCard } from '../gallery/gallery-card.ts';
import type { ThumbnailSize } from '../gallery/thumbnail.ts';
import type { ObjectSource, PlacedObject, WantedObjects } from './wanted-objects.ts';

/** Whole images beside those of the gallery; base64 adds a third. */
const mostBytes = 240_000;
const sizes: readonly ThumbnailSize[] = [
  { side: 320, quality: 60 },
  { side: 240, quality: 55 },
];
const mostWholes = 40;

/** The whole images of objects that the gallery does not show, those with the most objects first, as many as there is room for; and all places that the page then shows. */
export async function loadWholes(
  { byKey }: WantedObjects,
  { photos, shown }: ObjectSource,
): Promise<{ readonly wholes: GalleryCard[]; readonly ids: ReadonlySet<RowAddress> }> {
  const ids = new Set(
    shown.flatMap(({ cards }) => cards.map(({ shard, row }) => addressOf({ shard, row: row.row }))),
  );
  const missing = [...byKey.values()]
    .filter(([one]) => one !== undefined && !ids.has(addressOf(one.object)))
    .sort((a, b) => b.length - a.length)
    .slice(0, mostWholes);
  const wholes: GalleryCard[] = [];
  for (const card of await photographed(missing, photos)) {
    wholes.push(card);
    ids.add(addressOf({ shard: card.shard, row: card.row.row }));
  }
  return { wholes, ids };
}

/** Cards in order until the pictures take too much. Without photos there is nothing that the crops do not show. */
async function photographed(
  images: readonly (readonly PlacedObject[])[],
  photos: ObjectSource['photos'],
): Promise<GalleryCard[]> {
  const cards = [];
  for (const [one] of images) {
    if (one === undefined) continue;
    const parts = await photos.read(one.row.key);
    if (typeof parts !== 'string') cards.push({ one, pixels: parts.thumbnail });
  }
  const encoded = await encodePhotos(
    cards.map(({ pixels }) => pixels),
    sizes,
    mostBytes,
  );
  let left = mostBytes;
  return cards.flatMap(({ one: { object, row, geometry }, pixels }) => {
    const photo = encoded.get(pixels);
    left -= photo?.length ?? 0;
    if (photo === undefined || left < 0) return [];
    const { width, height } = geometry;
    const marked = { ...row, unusual: [] };
    const noMaps = { maps: [], evidence: [], boxes: [] };
    return [{ shard: object.shard, row: marked, width, height, photo, ...noMaps }];
  });
}
