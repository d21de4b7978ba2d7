import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import type { RgbImage } from '../../image/rgb-image.ts';
import { addressOf, type RowAddress } from '../../shared/run/places/row-address.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { readCardEvidence } from '../gallery/card-evidence.ts';
import { encodePhotos } from '../gallery/encode-photos.ts';
import { type CardEvidence, cardId } from '../gallery/gallery-card.ts';
import type { PhotoParts } from '../gallery/photos.ts';
import type { ThumbnailSize } from '../gallery/thumbnail.ts';
import { cropHeat } from './crop-heat.ts';
import type { ObjectCard, ObjectGallery } from './object-card.ts';
import { drawObject } from './object-drawing.ts';
import type { ObjectSource, PlacedObject, WantedObjects } from './wanted-objects.ts';
import { loadWholes } from './whole-pictures.ts';

/** Crops of all galleries together; base64 adds a third. */
const mostCropBytes = 360_000;
const cropSizes: readonly ThumbnailSize[] = [
  { side: 144, quality: 65 },
  { side: 120, quality: 60 },
  { side: 96, quality: 50 },
  { side: 64, quality: 40 },
];

/** Cuts and draws the objects, image by image. A missing photo leaves its objects with their maps alone. */
export async function loadObjects(
  wanted: WantedObjects,
  source: ObjectSource,
): Promise<ObjectGallery> {
  const loaded = new Map<ObjectRow, Loaded>();
  const ofImages = traitsOf(source.spec.model.task).classifies;
  for (const [key, all] of wanted.byKey) {
    const evidence = await evidenceOf(all, source);
    const parts = await source.photos.read(key);
    all.forEach((one, i) => {
      loaded.set(one.object, loadedObject(one, { evidence, parts, index: i, ofImages }));
    });
  }
  const { wholes, ids } = await loadWholes(wanted, source);
  const crops = [...loaded.values()].flatMap(({ pixels }) => pixels ?? []);
  const photos = await encodePhotos(crops, cropSizes, mostCropBytes);
  const cardOf = ({ pixels, ...card }: Loaded, address: RowAddress): ObjectCard => {
    const photo = pixels && photos.get(pixels);
    const { shard, row } = card.object;
    return {
      ...card,
      ...(photo && { photo }),
      ...(ids.has(address) && { whole: cardId(shard, row) }),
    };
  };
  const groups = wanted.groups.map(({ objects, ...group }) => ({
    ...group,
    cards: objects.flatMap((object) => {
      const one = loaded.get(object);
      return one === undefined ? [] : [cardOf(one, addressOf(object))];
    }),
  }));
  return { ofImages, groups: groups.filter(({ cards }) => cards.length > 0), wholes };
}

interface Loaded extends Omit<ObjectCard, 'photo' | 'whole'> {
  readonly pixels?: RgbImage;
}

interface ImageOfObjects {
  readonly evidence: readonly CardEvidence[];
  readonly parts: PhotoParts | string;
  /** Of the object among those of the image. */
  readonly index: number;
  readonly ofImages: boolean;
}

function loadedObject(
  { object, row, geometry, region }: PlacedObject,
  { evidence, parts, index, ofImages }: ImageOfObjects,
): Loaded {
  const own = evidence.find(({ figures }) => figures.classId === object.classId);
  const pixels = typeof parts === 'string' ? undefined : parts.crops[index];
  const { width, height } = geometry;
  return {
    ...{ object, region, width, height },
    // A frame around the whole image would say nothing.
    drawing: drawObject(object, ofImages ? { detections: [], labels: undefined } : row, region),
    ...(pixels && { pixels }),
    ...(typeof parts === 'string' && { photoMissing: parts }),
    ...(own && { heat: cropHeat(own, region, geometry) }),
  };
}

/** Only of the classes of the objects that are shown of the image. */
async function evidenceOf(
  all: readonly PlacedObject[],
  { store, spec }: ObjectSource,
): Promise<CardEvidence[]> {
  const [first] = all;
  if (first === undefined) return [];
  const classes = new Set(all.map(({ object }) => object.classId));
  const evidence = first.row.evidence?.filter(({ classId }) => classes.has(classId));
  const row = evidence === undefined ? first.row : { ...first.row, evidence };
  return readCardEvidence(store, spec, first.object.shard, row);
}
