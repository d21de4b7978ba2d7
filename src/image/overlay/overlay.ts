import { mapToImage } from '../../maps/map-to-image.ts';
import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ColorMap } from '../../shared/run/run-spec.ts';
import { type Canvas, type Color, fillRectangle, type Rectangle } from '../canvas.ts';
import { decodeImageNear, type Size } from '../decode/decode-image.ts';
import { sharp } from '../decode/sharp.ts';
import type { RgbImage } from '../rgb-image.ts';
import { drawText, fitText, textWidth } from '../text/draw-text.ts';
import { blendMap } from './blend-map.ts';
import { type ColorTable, colorTable } from './color-map.ts';
import { drawDegenerate } from './draw-degenerate.ts';
import { drawClassScores, drawDetections } from './draw-detections.ts';
import { drawLegend, type LegendStyle, legendWidth } from './draw-legend.ts';

export interface OverlayPlan {
  /** The image file as it was read. */
  readonly bytes: Uint8Array;
  readonly maxPixels: number;
  /** What the map is, where it is not the fused one: "class evidence: WBC". */
  readonly title?: string;
  /** In [0, 1], row-major gridHeight x gridWidth, over the model input. */
  readonly map: Float32Array;
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** Why the map has no heat: then that is drawn and not the map. */
  readonly degenerateReason?: string;
  readonly geometry: LetterboxGeometry;
  readonly detections: readonly Detection[];
  readonly classScores?: readonly ClassScore[];
  readonly classNames: readonly string[];
  readonly colorMap: ColorMap;
  /** Longest side of the picture in pixels; 960 by default. Larger images shrink to it. */
  readonly maxSide?: number;
}

/** Minimum of the longest side: smaller images are enlarged to it, or labels would be unreadable. */
const minSide = 320;

/**
 * Draws the image with its heat, boxes and labels: a JPEG in the original's orientation and aspect. The photo is decoded again straight to the
 * picture's size (shrink-on-load), so that a large one takes little memory.
 *
 * @throws Error if the file cannot be decoded, which a shrinking decoder may refuse though another one read it: that costs the picture only
 */
export async function renderOverlay(plan: OverlayPlan): Promise<Buffer> {
  const { bytes, maxPixels, maxSide = 960 } = plan;
  const planSize = (width: number, height: number) => pictureSize(width, height, maxSide);
  const decoded = await decodeImageNear(bytes, { maxPixels, planSize });
  if (decoded.status === 'failed_to_decode') {
    throw new Error(`the image cannot be decoded a second time: ${decoded.reason}`);
  }
  const canvas = drawOverlay(decoded.image, plan);
  const { data, width, height } = canvas;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 82 })
    .toBuffer();
}

/** Size of the picture of a width x height image: its aspect, the longer side between 320 and `maxSide`. */
export function pictureSize(width: number, height: number, maxSide: number): Size {
  const side = Math.max(width, height);
  const scale = Math.min(Math.max(side, Math.min(minSide, maxSide)), maxSide) / side;
  return {
    width: Math.max(Math.round(width * scale), 1),
    height: Math.max(Math.round(height * scale), 1),
  };
}

function drawOverlay(photo: RgbImage, plan: OverlayPlan): Canvas {
  const { map, gridWidth, gridHeight, geometry, classNames, detections, classScores } = plan;
  const { width, height } = photo;
  const table = colorTable(plan.colorMap);
  const values = mapToImage({ map, gridWidth, gridHeight, geometry, width, height });
  const { degenerateReason } = plan;
  const canvas =
    degenerateReason === undefined
      ? blendMap(photo, values, table)
      : drawDegenerate(photo, degenerateReason, plan.title);
  if (canvas.data !== photo.data) releaseBytes(photo.data);
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const legend = cornerLegendPlace(canvas, plan.title);
  const frame = {
    ...{ x: 0, y: 0, width, height, ...scale, ground: 'heat' as const },
    ...(legend && { reserved: legend }),
  };
  drawDetections(canvas, detections, classNames, frame);
  if (classScores) drawClassScores(canvas, classScores, classNames, frame);
  if (legend) drawCornerLegend(canvas, table, legend, plan.title);
  return canvas;
}

const dark: Color = [18, 21, 26];
const cornerLegend: LegendStyle = {
  text: { size: 11, weight: 'regular', color: [255, 255, 255] },
  width: 64,
  height: 8,
  ground: [150, 150, 150],
};

/** In the lower right corner, on pictures with enough room. */
function cornerLegendPlace({ width, height }: Canvas, title?: string): Rectangle | undefined {
  if (width < 200 || height < 120) return undefined;
  const legend = legendWidth(cornerLegend) + titleWidth(width, title);
  return { x: width - legend - 16, y: height - 22, width: legend + 12, height: 18 };
}

/** What a title takes beside the legend: a long one is cut to what the picture has room for. */
function titleWidth(width: number, title?: string): number {
  if (title === undefined) return 0;
  const room = width - legendWidth(cornerLegend) - 48;
  return Math.min(Math.ceil(textWidth(title, cornerLegend.text)) + 12, Math.max(room, 0));
}

function drawCornerLegend(
  canvas: Canvas,
  table: ColorTable,
  place: Rectangle,
  title?: string,
): void {
  fillRectangle(canvas, place, dark, 0.75);
  const words = titleWidth(canvas.width, title);
  if (title !== undefined) {
    const fitted = fitText(title, cornerLegend.text, words - 8);
    drawText(canvas, fitted, { x: place.x + 6, y: place.y + 13 }, cornerLegend.text);
  }
  drawLegend(canvas, table, { x: place.x + 6 + words, y: place.y + 5 }, cornerLegend);
}
