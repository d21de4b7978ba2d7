import type { Detection } from '../../shared/run/detection.ts';
import type { ClassEvidenceFigures } from '../../shared/run/evidence/class-evidence.ts';
import type { MarkedRow } from '../summary/outlier-marks.ts';
import type { PictureMap } from './card-maps.ts';

/** One image of the gallery, ready to draw. */
export interface GalleryCard {
  /** Where its row is. */
  readonly shard: number;
  readonly row: MarkedRow;
  /** Size of the original image in pixels. */
  readonly width: number;
  readonly height: number;
  /** The photo as WebP, in color. */
  readonly photo?: Uint8Array;
  /** Why the photo is missing, one sentence. */
  readonly photoMissing?: string;
  /** Fused first, then the layers; empty when the run stored no maps. */
  readonly maps: readonly CardMap[];
  /** Of the classes that the switch offers; empty when the run stored none. */
  readonly evidence: readonly CardEvidence[];
  /** Of the strongest detections, as many as the page has room for; empty when the run stored none. */
  readonly boxes: readonly CardBox[];
}

/** A map of a card with its picture: gray PNG, one pixel a cell. */
export interface CardMap extends PictureMap {
  readonly png: Uint8Array;
}

/** The evidence of one class in one image. */
export interface CardEvidence extends CardMap {
  readonly figures: ClassEvidenceFigures;
}

/** The box map of one detection: where in the image features are like those of its box. */
export interface CardBox extends CardMap {
  readonly detection: Detection;
  /** Whose features, such as `model.15`. */
  readonly layer: string;
  /** How much of the heat is in the box and in others of its class, as words. */
  readonly shares: string;
}

/** A group of the gallery with its cards, the most telling first. */
export interface CardGroup {
  readonly id: string;
  readonly title: string;
  readonly rule: string;
  readonly cards: readonly GalleryCard[];
}

/** Id of the choice of one of a card's boxes. */
export function boxId(shard: number, row: number, box: number): string {
  return `box-${shard}-${row}-${box}`;
}

/** Id of the card that shows a whole image: crops of its objects link to it. */
export function cardId(shard: number, row: number): string {
  return `picture-${shard}-${row}`;
}
