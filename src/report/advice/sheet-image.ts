import type { SheetRow } from '../../image/figure/contact-sheet.ts';
import type { RgbImage } from '../../image/rgb-image.ts';
import type { LayerAdvice, RankedMap } from './layer-advice.ts';

/** One row of the contact sheet, the file in place of its picture. Of its detections and labels, what did not count as objects is empty. */
export interface SheetImage extends Omit<SheetRow, 'title' | 'photo'> {
  readonly key: string;
  /** Of its file. */
  readonly bytes: Uint8Array;
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
