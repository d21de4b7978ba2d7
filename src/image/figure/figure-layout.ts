import type { Size } from '../decode/decode-image.ts';

export interface FigureRow {
  readonly panels: number;
  readonly lines: number;
}

/** Pixels. Captions follow below each panel. */
export interface FigureLayout {
  readonly width: number;
  readonly height: number;
  readonly panelWidth: number;
  readonly panelHeight: number;
  /** Upper left corner of each panel, in the order of the rows given. */
  readonly panels: readonly (readonly { readonly x: number; readonly y: number }[])[];
  readonly footerY: number;
}

export const figureMargin = 40;
const gutter = 24;
const panelWidth = 400;
const titleHeight = 72;
const footerHeight = 93;
/** Baselines below a picture: of the panel's title, and from line to line. */
export const captionTitle = 26;
export const captionLine = 21;
const rowGap = 34;
const maxPictureHeight = 480;
const minPanelHeight = 48;

/** Size of every picture in a figure of an image of the given size. */
export function figurePicture({ width, height }: Size): Size {
  const scale = Math.min(panelWidth / width, maxPictureHeight / height);
  return {
    width: Math.max(Math.round(width * scale), 1),
    height: Math.max(Math.round(height * scale), 1),
  };
}

/**
 * Places the rows of a figure, the longest of which sets its width.
 *
 * @param image size of the original image
 * @param rows of each row, how many panels it has and how many lines the longest caption has
 */
export function figureLayout(image: Size, rows: readonly FigureRow[]): FigureLayout {
  const panelHeight = Math.max(figurePicture(image).height, minPanelHeight);
  const columns = Math.max(...rows.map(({ panels }) => panels));
  let y = figureMargin + titleHeight;
  const panels = rows.map((row) => {
    const corners = Array.from({ length: row.panels }, (_, column) => ({
      x: figureMargin + column * (panelWidth + gutter),
      y,
    }));
    y += panelHeight + captionTitle + row.lines * captionLine + rowGap;
    return corners;
  });
  return {
    width: 2 * figureMargin + columns * panelWidth + (columns - 1) * gutter,
    height: y + footerHeight,
    panelWidth,
    panelHeight,
    panels,
    footerY: y,
  };
}

/** Cuts panels into rows of at most `columns`. */
export function inRows<T>(panels: readonly T[], columns: number): readonly (readonly T[])[] {
  const rows: T[][] = [];
  for (let from = 0; from < panels.length; from += columns) {
    rows.push(panels.slice(from, from + columns));
  }
  return rows;
}
