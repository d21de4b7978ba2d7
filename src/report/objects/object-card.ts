import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import type { GalleryCard } from '../gallery/gallery-card.ts';
import type { Region } from '../gallery/photos.ts';
import type { CropHeat } from './crop-heat.ts';
import type { ObjectGroup } from './object-groups.ts';

/** One object, ready to draw: what is around it in its image. */
export interface ObjectCard {
  readonly object: ObjectRow;
  /** What is shown, in pixels of the original. */
  readonly region: Region;
  /** Size of the original. */
  readonly width: number;
  readonly height: number;
  /** An SVG file over the region: the object, its neighbors, labels dashed. */
  readonly drawing: string;
  /** The region of the photo as WebP. */
  readonly photo?: Uint8Array;
  /** Why the photo is missing, one sentence. */
  readonly photoMissing?: string;
  /** Evidence of the object's class; absent where none is stored. */
  readonly heat?: CropHeat;
  /** Id of the card that shows the whole image; absent where there was no room for it. */
  readonly whole?: string;
}

export interface ObjectCardGroup extends ObjectGroup {
  readonly cards: readonly ObjectCard[];
}

/** Objects by class and outcome, and those of their images that the gallery does not show. */
export interface ObjectGallery {
  /** What a classifier judges: an object of it is an image. */
  readonly ofImages: boolean;
  readonly groups: readonly ObjectCardGroup[];
  readonly wholes: readonly GalleryCard[];
}
