import type { GridMap } from '../../maps/content-cells.ts';
import { contentMask } from '../../maps/content-mask.ts';
import { normalizeMap } from '../../maps/fusion.ts';
import { mapToImage } from '../../maps/map-to-image.ts';
import type { Fusion } from '../../shared/run/run-spec.ts';
import { type Canvas, type Color, createCanvas } from '../canvas.ts';
import type { Size } from '../decode/decode-image.ts';
import { blendMap } from '../overlay/blend-map.ts';
import { type ColorTable, colorTable } from '../overlay/color-map.ts';
import { drawDegenerate } from '../overlay/draw-degenerate.ts';
import { drawClassScores, drawDetections } from '../overlay/draw-detections.ts';
import { drawLabeled } from '../overlay/draw-labeled.ts';
import type { PictureFrame } from '../overlay/draw-object.ts';
import type { RgbImage } from '../rgb-image.ts';
import { boxMapPanels } from './box-map-panels.ts';
import { evidencePanels } from './evidence-panels.ts';
import {
  componentCaption,
  type FigureComponent,
  look,
  plain,
  resultCaption,
} from './figure-caption.ts';
import { inRows } from './figure-layout.ts';
import type { FigureLayer, FigurePlan, Panel } from './figure-plan.ts';

const pale: Color = [247, 248, 250];
const fusionWords: Record<Fusion, string> = {
  mean: 'mean of',
  max: 'largest of',
  variance: 'mean by explained variance of',
  geometric: 'geometric mean of',
};

/** The panels of a figure, row by row; `photo` is the image at the size of the pictures. */
export function figurePanels(plan: FigurePlan, photo: RgbImage): readonly (readonly Panel[])[] {
  const layers = layerRows(plan.layers);
  return [
    resultPanels(plan, photo),
    ...evidencePanels(plan, photo),
    ...boxMapPanels(plan, photo),
    ...layers.map((row) => row.map((entry) => componentPanel(plan, photo, entry))),
  ];
}

interface LayerEntry {
  readonly layer: FigureLayer;
  readonly component: FigureComponent;
}

/** Single components share rows of up to four; several ones get a row a layer, at most five wide. */
function layerRows(layers: readonly FigureLayer[]): readonly (readonly LayerEntry[])[] {
  const entries = layers.map((layer) =>
    layer.components.map((component) => ({ layer, component })),
  );
  if (entries.every((row) => row.length <= 1)) {
    const columns = entries.length === 4 || entries.length > 6 ? 4 : 3;
    return inRows(entries.flat(), columns);
  }
  return entries.flatMap((row) => inRows(row, 5));
}

function resultPanels(plan: FigurePlan, photo: RgbImage): readonly Panel[] {
  const { image } = plan;
  const found = resultCaption(plan.detections, plan.classScores, plan.classNames);
  const copy = { ...photo, data: Uint8Array.from(photo.data) };
  const { labeled } = plan;
  const count = labeled && plain(`${labeled.length} labeled objects, in dashes`);
  return [
    {
      title: 'Input',
      lines: [
        plain(`${image.width} x ${image.height} pixels`),
        plain(found),
        ...(count ? [count] : []),
      ],
      picture: withLabels(plan, withResults(plan, copy, 'photo')),
    },
    ...fusedPanels(plan, photo),
  ];
}

/** The fused map by itself and over the photo. */
function fusedPanels(plan: FigurePlan, photo: RgbImage): readonly Panel[] {
  const { fused, colorMap } = plan;
  const { degenerateReason: reason } = fused;
  const values = imageValues(plan, fused, photo);
  const table = colorTable(colorMap);
  const opaque = { ...table, alpha: new Float32Array(256).fill(1) };
  const blank = createCanvas(photo.width, photo.height, pale);
  const over = (ground: RgbImage, colors: ColorTable) =>
    reason === undefined ? blendMap(ground, values, colors) : drawDegenerate(ground, reason);
  const line =
    reason === undefined
      ? plain("where the layers' main pattern is strongest")
      : look(`degenerate: ${reason}`);
  return [
    {
      title: 'Fused map',
      lines: [fusedCaption(plan), ...plan.notes].map(plain),
      picture: over(blank, colorMap === 'heat' ? table : opaque),
    },
    {
      title: 'Fused map over the image',
      lines: [line],
      picture: withResults(plan, over(photo, table), 'heat'),
    },
  ];
}

/** "mean of 3 layers, component 1": the first component of each layer is the one that is fused. */
function fusedCaption({ fused, layers }: FigurePlan): string {
  const count = layers.length === 1 ? '1 layer' : `${layers.length} layers`;
  const index = layers[0]?.components[0]?.index ?? 1;
  return `${fusionWords[fused.fusion]} ${count}, component ${index}`;
}

function componentPanel(plan: FigurePlan, photo: RgbImage, entry: LayerEntry): Panel {
  const { layer, component } = entry;
  const { gridWidth, gridHeight } = layer;
  const title = `${layer.name}, component ${component.index}`;
  const lines = componentCaption(component, plan.signMargin);
  const { degenerateReason: reason } = component;
  if (reason !== undefined) return { title, lines, picture: drawDegenerate(photo, reason) };
  const mask =
    plan.padding === 'exclude'
      ? contentMask(plan.geometry, gridWidth, gridHeight)
      : new Float32Array(gridWidth * gridHeight).fill(1);
  const map = normalizeMap(component.map, mask);
  const values = imageValues(plan, { map, gridWidth, gridHeight }, photo);
  return { title, lines, picture: blendMap(photo, values, colorTable(plan.colorMap)) };
}

function imageValues({ geometry }: FigurePlan, grid: GridMap, size: Size): Float32Array {
  const { map, gridWidth, gridHeight } = grid;
  return mapToImage({
    map,
    gridWidth,
    gridHeight,
    geometry,
    width: size.width,
    height: size.height,
  });
}

function withLabels({ geometry, labeled = [] }: FigurePlan, canvas: Canvas): Canvas {
  const { width, height } = canvas;
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  drawLabeled(canvas, labeled, { x: 0, y: 0, width, height, ...scale, ground: 'photo' as const });
  return canvas;
}

function withResults(plan: FigurePlan, canvas: Canvas, ground: PictureFrame['ground']): Canvas {
  const { geometry, detections, classScores, classNames } = plan;
  const { width, height } = canvas;
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const frame = { x: 0, y: 0, width, height, ...scale, ground };
  drawDetections(canvas, detections ?? [], classNames, frame);
  if (classScores) drawClassScores(canvas, classScores, classNames, frame);
  return canvas;
}
