import type { GridMap } from '../../maps/content-cells.ts';
import { type CellRectangle, contentMask, contentRectangle } from '../../maps/content-mask.ts';
import { fuseMaps, type LayerMap, normalizeMap } from '../../maps/fusion.ts';
import type { Xyxy } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, TargetLayer } from '../../shared/run/run-spec.ts';
import { grayPng } from '../html/gray-png.ts';

/** One heatmap over the content of an image, in [0, 1], row-major, and where its cells lie over the photo. */
export interface PictureMap {
  /** `fused`, the layer, or `evidence`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  /** It has no heat at all: then that is shown and not the values. */
  readonly isDegenerate: boolean;
  /** Left, top, width and height in shares of the photo: outer cells reach a little beyond it. */
  readonly place: readonly [number, number, number, number];
}

/** A layer with the signed map that was stored for it, on the layer's own grid. */
export interface StoredLayerMap {
  readonly layer: TargetLayer;
  readonly map: Float32Array;
  readonly explainedVariance: number;
}

/** The fused map on the finest grid, then each layer on its own grid, cut to the content: what a card shows. */
export function pictureMaps(
  stored: readonly StoredLayerMap[],
  geometry: LetterboxGeometry,
  { fusion, padding }: Pick<ExplainOptions, 'fusion' | 'padding'>,
): PictureMap[] {
  const layers = stored.map(({ layer, map, explainedVariance }): LayerMap & { name: string } => ({
    name: layer.column,
    map,
    mask:
      padding === 'include'
        ? new Float32Array(map.length).fill(1)
        : contentMask(geometry, layer.gridWidth, layer.gridHeight),
    gridWidth: layer.gridWidth,
    gridHeight: layer.gridHeight,
    explainedVariance,
  }));
  const finest = layers.reduce<LayerMap | undefined>(
    (best, one) =>
      best && best.gridWidth * best.gridHeight >= one.gridWidth * one.gridHeight ? best : one,
    undefined,
  );
  if (finest === undefined) return [];
  const { gridWidth, gridHeight, mask } = finest;
  const fused = fuseMaps({
    maps: layers,
    fusion,
    width: gridWidth,
    height: gridHeight,
    frameMask: mask,
  });
  return [
    pictureMap('fused', { map: fused, gridWidth, gridHeight }, geometry),
    ...layers.map((one) =>
      pictureMap(one.name, { ...one, map: normalizeMap(one.map, one.mask) }, geometry),
    ),
  ];
}

/** A map in [0, 1] over the whole input of the model, cut to the content. */
export function pictureMap(
  name: string,
  { map, gridWidth, gridHeight }: GridMap,
  geometry: LetterboxGeometry,
): PictureMap {
  const cells = contentRectangle(geometry, gridWidth, gridHeight);
  const width = cells.right - cells.left;
  const height = cells.bottom - cells.top;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (cells.top + y) * gridWidth + cells.left;
    values.set(map.subarray(from, from + width), y * width);
  }
  const place = placeOver(cells, gridWidth, gridHeight, geometry);
  const isDegenerate = !values.some((value) => value > 0);
  return { name, width, height, values, isDegenerate, place };
}

/** The same with its picture: a gray PNG, one pixel a cell. */
export function withPng(map: PictureMap): PictureMap & { readonly png: Uint8Array } {
  return { ...map, png: grayPng(map.values, map.width, map.height) };
}

/** Where a box lies in its image, as shares of its sides. */
export function placeOfBox(
  [left, top, right, bottom]: Xyxy,
  { width, height }: { readonly width: number; readonly height: number },
): PictureMap['place'] {
  return [left / width, top / height, (right - left) / width, (bottom - top) / height];
}

/** Where a rectangle of cells lies over the original image, as shares of its sides. */
function placeOver(
  cells: CellRectangle,
  gridWidth: number,
  gridHeight: number,
  geometry: LetterboxGeometry,
): [number, number, number, number] {
  const cellWidth = geometry.inputWidth / gridWidth;
  const cellHeight = geometry.inputHeight / gridHeight;
  return [
    (cells.left * cellWidth - geometry.left) / geometry.newWidth,
    (cells.top * cellHeight - geometry.top) / geometry.newHeight,
    ((cells.right - cells.left) * cellWidth) / geometry.newWidth,
    ((cells.bottom - cells.top) * cellHeight) / geometry.newHeight,
  ];
}

/** The hottest cell of a map in words: "upper left", "center". */
export function peakWords({
  values,
  width,
  height,
}: Pick<PictureMap, 'values' | 'width' | 'height'>): string {
  let peak = 0;
  values.forEach((value, i) => {
    if (value > (values[peak] ?? 0)) peak = i;
  });
  const down = third((Math.floor(peak / width) + 0.5) / height, ['upper', '', 'lower']);
  const across = third(((peak % width) + 0.5) / width, ['left', '', 'right']);
  return `${down} ${across}`.trim() || 'center';
}

function third(share: number, words: readonly [string, string, string]): string {
  if (share < 1 / 3) return words[0];
  return share < 2 / 3 ? words[1] : words[2];
}
