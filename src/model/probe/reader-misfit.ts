import type { NodeProto } from 'onnx-buf';
import { integerAttribute, integersAttribute } from '../graph/operators.ts';
import type { LayerReader } from './layer-reader.ts';

/** One tensor as it left ONNX Runtime, in float32. */
export interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Activations of one image as eigenfleet reads them, [C, H, W]. */
export interface Reading {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What a reader works with, by the names of `LayerReader`. */
export interface ReaderValues {
  readonly weights: Values;
  readonly weightZero?: Values | undefined;
  readonly weightScale?: Values | undefined;
  readonly inputScale?: Values | undefined;
  readonly bias?: Values | undefined;
  /** Of the first image. */
  readonly output: Values;
  readonly outputScale?: Values | undefined;
  readonly outputZero?: Values | undefined;
}

/** A few of each: a wrong reading shows in nearly every number. */
const mostOutputs = 16;
const placesPerSide = 4;
/** Channels in a block, by the vectors of the CPU. */
const blockSizes = [8, 16] as const;

/**
 * Computes some of a reader's numbers from a layer as eigenfleet reads it, in float64, and compares them with what ONNX Runtime computed.
 *
 * @returns root of the mean squared difference over the spread of the numbers: 0 for the same, about 1 for nothing in common; `undefined` where the numbers tell nothing.
 */
export function readerMisfit(
  reader: LayerReader,
  reading: Reading,
  values: ReaderValues,
): number | undefined {
  if (reader.kind === 'matrix') {
    const computed = pairsOfMatrix(reader, reading, values);
    return computed && misfitOf(computed, reader.unscaled);
  }
  const blocks = reader.blockedChannels > 0 ? blockSizes : [1];
  const misfits = blocks
    .map((block) => pairsOfConvolution(reader, reading, values, block))
    .map((pairs) => pairs && misfitOf(pairs, reader.unscaled))
    .filter((misfit) => misfit !== undefined);
  return misfits.length === 0 ? undefined : Math.min(...misfits);
}

/** What was computed, and what ONNX Runtime has, without the bias. */
interface Pair {
  readonly computed: number;
  readonly found: number;
}

function misfitOf(pairs: readonly Pair[], unscaled: boolean): number | undefined {
  const sum = (of: (pair: Pair) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  const power = sum(({ found }) => found * found);
  const own = sum(({ computed }) => computed * computed);
  if (!Number.isFinite(power) || !Number.isFinite(own) || power === 0) return undefined;
  if (pairs.length < 2) return undefined;
  const both = sum(({ computed, found }) => computed * found);
  const scale = unscaled && own > 0 ? Math.max(0, both / own) : 1;
  const rest = sum(({ computed, found }) => (computed * scale - found) ** 2);
  return Math.sqrt(rest / power);
}

function pairsOfMatrix(
  { node, way }: LayerReader,
  reading: Reading,
  { weights, bias, output }: ReaderValues,
): Pair[] | undefined {
  const [rows = 0, columns = 0] = weights.dims;
  const isTurned = integerAttribute(node, 'transB') === 1;
  const [inputs, outputs] = isTurned ? [columns, rows] : [rows, columns];
  const { channels, data } = reading;
  const cells = reading.height * reading.width;
  if (weights.dims.length !== 2 || inputs !== channels) return undefined;
  const first = way.kind === 'average' ? 0 : output.data.length / outputs - cells;
  if (first < 0) return undefined;
  const places = way.kind === 'average' ? [0] : spread(cells, placesPerSide ** 2);
  return places.flatMap((place) => {
    const features = Float64Array.from({ length: channels }, (_, c) =>
      way.kind === 'average'
        ? meanOf(data.subarray(c * cells, (c + 1) * cells))
        : data[c * cells + place]!,
    );
    return spread(outputs, mostOutputs).map((out) => {
      let computed = 0;
      for (let c = 0; c < channels; c++) {
        computed += features[c]! * weights.data[isTurned ? out * columns + c : c * columns + out]!;
      }
      const found = output.data[(first + place) * outputs + out]! - atOrFirst(bias, out, 0);
      return { computed, found };
    });
  });
}

/** Geometry of a convolution's window. */
interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
}

function windowOf(node: NodeProto): Window {
  const two = (name: string, other: number) => {
    const values = integersAttribute(node, name);
    return values.length === 0 ? [other, other] : values;
  };
  const group = integerAttribute(node, 'group') ?? 1;
  return {
    strides: two('strides', 1),
    pads: two('pads', 0),
    dilations: two('dilations', 1),
    group,
  };
}

function pairsOfConvolution(
  { node, blockedChannels, unscaled }: LayerReader,
  reading: Reading,
  values: ReaderValues,
  block: number,
): Pair[] | undefined {
  const { weights, output } = values;
  const [outputs = 0, inputs = 0] = weights.dims;
  const [, , height = 0, width = 0] = output.dims;
  const window = windowOf(node);
  if (weights.dims.length !== 4 || height * width === 0) return undefined;
  if (inputs * window.group < reading.channels) return [];
  if (blockedChannels > 0 && (window.group > 1 || inputs % block > 0 || outputs % block > 0))
    return undefined;
  const pairs: Pair[] = [];
  for (const out of spread(outputs, mostOutputs)) {
    for (const y of spread(height, placesPerSide)) {
      for (const x of spread(width, placesPerSide)) {
        const raw = output.data[(out * height + y) * width + x]!;
        const found = (raw - first(values.outputZero, 0)) * first(values.outputScale, 1);
        if (values.outputScale !== undefined && isClipped(raw)) continue;
        const computed = convolved({ reading, values, window, block }, { out, y, x });
        const bias = unscaled ? 0 : biasOf(values, out);
        pairs.push({ computed, found: found - bias });
      }
    }
  }
  return pairs;
}

function convolved(
  {
    reading,
    values,
    window,
    block,
  }: { reading: Reading; values: ReaderValues; window: Window; block: number },
  { out, y, x }: { out: number; y: number; x: number },
): number {
  const { channels, height, width, data } = reading;
  const { strides, pads, dilations, group } = window;
  const [outputs = 0, inputs = 0, kernelHeight = 1, kernelWidth = 1] = values.weights.dims;
  const firstChannel = Math.floor(out / (outputs / group)) * inputs;
  const zero = atOrFirst(values.weightZero, out, 0);
  let sum = 0;
  for (let c = 0; c < inputs && firstChannel + c < channels; c++) {
    for (let ky = 0; ky < kernelHeight; ky++) {
      const row = y * strides[0]! - pads[0]! + ky * dilations[0]!;
      if (row < 0 || row >= height) continue;
      for (let kx = 0; kx < kernelWidth; kx++) {
        const column = x * strides[1]! - pads[1]! + kx * dilations[1]!;
        if (column < 0 || column >= width) continue;
        const tap = ky * kernelWidth + kx;
        const weight =
          values.weights.data[
            weightPlace({ out, c, tap }, { inputs, taps: kernelHeight * kernelWidth, block })
          ]!;
        sum += (weight - zero) * data[((firstChannel + c) * height + row) * width + column]!;
      }
    }
  }
  return sum * atOrFirst(values.weightScale, out, 1);
}

/** [out, in, taps], or, in blocks, [out / block, in / block, taps, in % block, out % block] as ONNX Runtime's `MlasReorderFilterOIHWBiBo` has it. */
function weightPlace(
  { out, c, tap }: { out: number; c: number; tap: number },
  { inputs, taps, block }: { inputs: number; taps: number; block: number },
): number {
  const outer = Math.floor(out / block) * (inputs / block) + Math.floor(c / block);
  return ((outer * taps + tap) * block + (c % block)) * block + (out % block);
}

/** Ends of uint8 and int8, where more is cut off. */
function isClipped(raw: number): boolean {
  return raw === 0 || raw === 255 || raw === -128 || raw === 127;
}

function biasOf(values: ReaderValues, out: number): number {
  const { bias, inputScale, weightScale } = values;
  const unit = inputScale === undefined ? 1 : first(inputScale, 1) * atOrFirst(weightScale, out, 1);
  return atOrFirst(bias, out, 0) * unit;
}

function first(values: Values | undefined, other: number): number {
  return values?.data[0] ?? other;
}

/** One for all channels, or one for each. */
function atOrFirst(values: Values | undefined, at: number, other: number): number {
  if (values === undefined) return other;
  return values.data.length === 1 ? values.data[0]! : (values.data[at] ?? other);
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** At most `most` numbers below `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor(((i + 0.5) * count) / taken));
}
