import type { RgbImage } from '../../image/rgb-image.ts';
import type { GridMap } from '../../maps/content-cells.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/label.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { LayerAdvice, RankedMap } from './layer-advice.ts';

/** One row of the contact sheet. */
export interface SheetImage {
  readonly key: string;
  /** Of its file. */
  readonly bytes: Uint8Array;
  readonly geometry: LetterboxGeometry;
  /** In [0, 1], one for each column. */
  readonly maps: readonly GridMap[];
  /** What counted as objects: one of the two is empty. */
  readonly detections: readonly Detection[];
  readonly labeled: readonly LabeledObject[];
}

/** An image of which the file was read again. */
export type DecodedSheetImage = SheetImage & { readonly photo: RgbImage };

export interface SheetRequest {
  readonly advice: LayerAdvice;
  readonly columns: readonly RankedMap[];
  readonly images: readonly SheetImage[];
  /** Of the model, one line. */
  readonly subtitle: string;
  readonly maxPixels: number;
}
