import { renderContactSheet } from '../../image/figure/contact-sheet.ts';
import { decodeThumbnail } from '../gallery/thumbnail.ts';
import { renderAdvicePage } from './advice-page.ts';
import {
  adviceCaveats,
  adviceTitle,
  areaWords,
  columnLines,
  objectWords,
  verdictSentences,
} from './layer-advice.ts';
import type { DecodedSheetImage, SheetRequest } from './sheet-image.ts';

/** Pixels of the longer side of a photo; it is shown at half of that. */
const photoSide = 320;

/** The ranking with small maps of a few images, as a page and as a picture. */
export async function contactSheet(
  request: SheetRequest,
): Promise<{ readonly html: string; readonly png: Uint8Array }> {
  const { images, maxPixels } = request;
  const decoded = await Promise.all(
    images.map(async (image): Promise<DecodedSheetImage[]> => {
      const photo = await decodeThumbnail(image.bytes, { side: photoSide, maxPixels });
      return typeof photo === 'string' ? [] : [{ ...image, photo }];
    }),
  );
  const shown = decoded.flat();
  return {
    html: await renderAdvicePage({ ...request, images: shown }),
    png: await renderContactSheet(sheetOf(request, shown)),
  };
}

function sheetOf({ advice, columns, subtitle }: SheetRequest, images: DecodedSheetImage[]) {
  const { ranked } = advice;
  return {
    title: adviceTitle(advice),
    subtitle: `${subtitle}. Share of the attainable heat in ${objectWords(advice)}, ${areaWords(advice)}.`,
    columns: columns.map((one) => ({ lines: columnLines(one, ranked.indexOf(one)) })),
    rows: images.map((image) => ({ ...image, title: image.key })),
    notes: [...verdictSentences(advice), ...adviceCaveats(advice), advice.command],
  };
}
