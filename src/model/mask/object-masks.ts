import { type MaskPlan, maskBits, type PrototypeMaps } from '../../kernels/mask-values.ts';
import { RunLengths } from '../../shared/run/coco-rle.ts';
import type { CocoRle, InputMask, ObjectMask } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { type ColumnEdges, columnEdges } from './column-edges.ts';
import { type MaskAxis, maskAxis, tapsOf } from './mask-axis.ts';
import { outlinesOf } from './mask-outlines.ts';

/** A box whose mask is wanted. */
export interface MaskedBox {
  /** Left, top, right, bottom in input pixels. */
  readonly corners: ArrayLike<number>;
  /** [count]: weights of the prototypes. */
  readonly coefficients: Float32Array;
}

/**
 * The mask of each box, as Ultralytics 8.4.190 `predict` makes them: the weighted sum of the prototypes, sampled bilinearly at the pixels of the input, where
 * it is above 0, within the box. `undefined` where that leaves nothing.
 *
 * @param prototypes [count, cells] over the whole input
 */
export function objectMasks(
  boxes: readonly MaskedBox[],
  prototypes: Float32Array,
  geometry: LetterboxGeometry,
): (ObjectMask | undefined)[] {
  const count = boxes[0]?.coefficients.length;
  if (count === undefined) return [];
  const maps = mapsOf(prototypes, count, geometry);
  const axes = { rows: rowAxis(geometry, maps), columns: columnAxis(geometry, maps) };
  const regions = boxes.map(({ corners }) => regionOf(corners, geometry));
  const plans = boxes.flatMap(({ coefficients }, index): MaskPlan[] => {
    const region = regions[index];
    return region === undefined ? [] : [planOf(region, coefficients, axes)];
  });
  const bits = maskBits(maps, plans);
  let next = 0;
  return regions.map((region) => region && maskOf({ ...region, bits: bits[next++]! }, axes));
}

/** Prototypes have as many cells a pixel downward as across. */
function mapsOf(
  values: Float32Array,
  count: number,
  { inputWidth, inputHeight }: LetterboxGeometry,
): PrototypeMaps {
  const cells = values.length / count;
  const height = Math.round(Math.sqrt((cells * inputHeight) / inputWidth));
  return { values, height, width: cells / height };
}

interface Axes {
  readonly rows: MaskAxis;
  readonly columns: MaskAxis;
}

function columnAxis(geometry: LetterboxGeometry, { width: cells }: PrototypeMaps): MaskAxis {
  const { inputWidth: inputSize, width: size, newWidth: newSize, left: padding } = geometry;
  return maskAxis({ inputSize, cells, size, newSize, padding });
}

function rowAxis(geometry: LetterboxGeometry, { height: cells }: PrototypeMaps): MaskAxis {
  const { inputHeight: inputSize, height: size, newHeight: newSize, top: padding } = geometry;
  return maskAxis({ inputSize, cells, size, newSize, padding });
}

type Region = Omit<InputMask, 'bits'>;

/** The pixels whose position, a whole number, lies in the box. */
function regionOf(
  corners: ArrayLike<number>,
  { inputWidth, inputHeight }: LetterboxGeometry,
): Region | undefined {
  const within = (position: number | undefined, size: number) =>
    Math.min(Math.max(Math.ceil(position ?? 0), 0), size);
  const left = within(corners[0], inputWidth);
  const top = within(corners[1], inputHeight);
  const width = within(corners[2], inputWidth) - left;
  const height = within(corners[3], inputHeight) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

function planOf(region: Region, coefficients: Float32Array, { rows, columns }: Axes): MaskPlan {
  return {
    weights: Float64Array.from(coefficients),
    rows: tapsOf(rows, region.top, region.height),
    columns: tapsOf(columns, region.left, region.width),
  };
}

function maskOf(input: InputMask, axes: Axes): ObjectMask | undefined {
  const edges = columnEdges(input);
  if (edges.rows.length === 0) return undefined;
  const polygons = outlinesOf(input)
    .map((outline) => ({ outline, area: areaOf(outline) }))
    .sort((a, b) => b.area - a.area)
    .map(({ outline }) => inOriginalPixels(outline, axes));
  return { polygons, rle: runLengthsOf(input, edges, axes), input };
}

/** By the shoelace formula; an outline of a pixel or a line has none. */
function areaOf(outline: readonly number[]): number {
  let doubled = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const next = (i + 2) % outline.length;
    doubled += outline[i]! * outline[next + 1]! - outline[next]! * outline[i + 1]!;
  }
  return Math.abs(doubled) / 2;
}

/** Ultralytics' `masks.xy`: positions of pixels, and not their centers, are scaled, and clipped. */
function inOriginalPixels(outline: readonly number[], { rows, columns }: Axes): number[] {
  return outline.map((position, at) => (at % 2 === 0 ? columns : rows).originals[position]!);
}

/** A pixel of the original image is in the mask where the input's pixel under its center is. */
function runLengthsOf(
  { left, top, width }: Region,
  { starts, rows: edges }: ColumnEdges,
  { rows, columns }: Axes,
): CocoRle {
  const runs = new RunLengths({ width: columns.size, height: rows.size });
  const originals = edges.map((row) => rows.firsts[top + row]!);
  for (let under = 0; under < width; under++) {
    const [first, last] = [starts[under]!, starts[under + 1]!];
    if (first === last) continue;
    const end = columns.firsts[left + under + 1]!;
    for (let column = columns.firsts[left + under]!; column < end; column++) {
      for (let at = first; at < last; at += 2) runs.add(column, originals[at]!, originals[at + 1]!);
    }
  }
  return runs.encode();
}
