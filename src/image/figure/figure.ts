import { type Canvas, type Color, createCanvas, drawImage, fillRectangle } from '../canvas.ts';
import { sharp } from '../decode/sharp.ts';
import { colorTable } from '../overlay/color-map.ts';
import { drawLegend, legendWidth } from '../overlay/draw-legend.ts';
import { resizedImage } from '../resized-image.ts';
import { drawText, fitText, type TextStyle } from '../text/draw-text.ts';
import { boxMapCaveat } from './box-map-caption.ts';
import { evidenceCaveat } from './evidence-caption.ts';
import {
  captionLine,
  captionTitle,
  type FigureLayout,
  figureLayout,
  figureMargin,
  figurePicture,
} from './figure-layout.ts';
import { figurePanels } from './figure-panels.ts';
import type { FigurePlan, Panel } from './figure-plan.ts';

const ink: Color = [26, 29, 35];
const quiet: Color = [79, 88, 102];
const lookColor: Color = [154, 91, 0];
const hairline: Color = [213, 218, 226];
const paper: Color = [255, 255, 255];
const pale: Color = [247, 248, 250];
/**
 * Draws one image explained as a PNG: the input, the fused map, both with boxes, then each layer's heatmaps (one a component), with the numbers
 * below each in plain words. Each map is scaled to its own range.
 */
export async function renderFigure(plan: FigurePlan): Promise<Buffer> {
  const photo = await resizedImage(plan.image, figurePicture(plan.image));
  const rows = figurePanels(plan, photo);
  const layout = figureLayout(
    plan.image,
    rows.map((row) => ({
      panels: row.length,
      lines: Math.max(...row.map(({ lines }) => lines.length)),
    })),
  );
  const canvas = createCanvas(layout.width, layout.height, paper);
  drawTitle(canvas, plan);
  rows.forEach((row, r) => {
    row.forEach((panel, c) => {
      const at = layout.panels[r]?.[c];
      if (at) drawPanel(canvas, panel, at, layout);
    });
  });
  drawFooter(canvas, plan, layout);
  const raw = { width: canvas.width, height: canvas.height, channels: 3 } as const;
  return sharp(canvas.data, { raw }).png({ compressionLevel: 8 }).toBuffer();
}

const titleStyle: TextStyle = { size: 26, weight: 'medium', color: ink };
const subtitleStyle: TextStyle = { size: 15, weight: 'regular', color: quiet };
const panelTitleStyle: TextStyle = { size: 17, weight: 'medium', color: ink };
const lineStyle: TextStyle = { size: 15, weight: 'regular', color: quiet };
const lookStyle: TextStyle = { size: 15, weight: 'medium', color: lookColor };

function drawTitle(canvas: Canvas, { title, subtitle }: FigurePlan): void {
  const width = canvas.width - 2 * figureMargin;
  const x = figureMargin;
  drawText(canvas, fitText(title, titleStyle, width), { x, y: figureMargin + 20 }, titleStyle);
  const below = { x, y: figureMargin + 46 };
  drawText(canvas, fitText(subtitle, subtitleStyle, width), below, subtitleStyle);
}

function drawPanel(
  canvas: Canvas,
  { title, lines, picture, swatch }: Panel,
  { x, y }: { readonly x: number; readonly y: number },
  { panelWidth, panelHeight }: FigureLayout,
): void {
  const left = x + Math.floor((panelWidth - picture.width) / 2);
  const top = y + Math.floor((panelHeight - picture.height) / 2);
  fillRectangle(canvas, { x, y, width: panelWidth, height: panelHeight }, pale);
  drawImage(canvas, picture, left, top);
  let baseline = y + panelHeight + captionTitle;
  if (swatch) {
    fillRectangle(canvas, { x, y: baseline - 13, width: 14, height: 14 }, ink);
    fillRectangle(canvas, { x: x + 1, y: baseline - 12, width: 12, height: 12 }, swatch);
  }
  const indent = swatch ? 22 : 0;
  drawText(
    canvas,
    fitText(title, panelTitleStyle, panelWidth - indent),
    { x: x + indent, y: baseline },
    panelTitleStyle,
  );
  for (const { text, tone } of lines) {
    const style = tone === 'look' ? lookStyle : lineStyle;
    baseline += captionLine;
    drawText(canvas, fitText(text, style, panelWidth), { x, y: baseline }, style);
  }
}

/** The legend, and what such a picture does and does not show. */
function drawFooter(
  canvas: Canvas,
  { colorMap, evidence = [], boxMaps = [] }: FigurePlan,
  { footerY, width }: FigureLayout,
): void {
  const line = { x: figureMargin, y: footerY, width: width - 2 * figureMargin, height: 1 };
  fillRectangle(canvas, line, hairline);
  const legend = { text: lineStyle, width: 120, height: 10, ground: pale };
  drawLegend(canvas, colorTable(colorMap), { x: figureMargin, y: footerY + 21 }, legend);
  const x = figureMargin + legendWidth(legend) + 32;
  const note =
    "Eigen-CAM shows the dominant directions of a layer's activations: not a class, and not a cause. Each map has its own scale.";
  const notes = [note];
  if (evidence.length > 0) notes.push(evidenceCaveat);
  if (boxMaps.length > 0) notes.push(boxMapCaveat);
  notes.forEach((words, row) => {
    const fitted = fitText(words, lineStyle, width - figureMargin - x);
    drawText(canvas, fitted, { x, y: footerY + 31 + row * captionLine }, lineStyle);
  });
}
