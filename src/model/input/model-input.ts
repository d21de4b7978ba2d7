import { EigenfleetError } from '../../shared/errors.ts';
import type { ModelOverrides, UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import { type TensorInfo, tensorInfo } from '../onnx/tensor-info.ts';
import { type Dimension, shapeText } from '../onnx/tensor-shape.ts';
import { exchangesChannels } from './channel-exchange.ts';
import { takesBytes } from './input-range.ts';

/** The image input [batch, channels, height, width]. */
export interface ModelInput {
  readonly inputName: string;
  readonly inputElemType: 'float32' | 'float16' | 'uint8';
  /** 3: RGB; 1: gray; others: the bands or pages of a file. */
  readonly inputChannels: number;
  /** The graph takes bytes from 0 to 255, not numbers in [0, 1], and normalizes them itself. */
  readonly takesBytes: boolean;
  /** The graph turns the order of three channels around itself. */
  readonly exchangesChannels: boolean;
  /** The graph quantizes as it runs, in steps that may depend on the last bit of the input. */
  readonly quantizes: boolean;
  /** Pixels the run uses; of a dynamic model, `--imgsz` or the size it was exported at. */
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly batch: number | 'dynamic';
  /** Height or width of the input are open in the file. */
  readonly dynamicSize: boolean;
  /** Both are open. */
  readonly dynamicSides: boolean;
}

/**
 * Reads the image input and settles its size: the file's where it is fixed, else `--imgsz`, else the size of the export. Throws
 * `EigenfleetError` when there is no such input (`model`), when `--imgsz` contradicts it or is needed (`usage`).
 */
export function readInput(
  file: OnnxFile,
  metadata: UltralyticsMetadata,
  overrides: ModelOverrides,
): ModelInput {
  const input = imageInput(file);
  const [batch = 'dynamic', channels, height = 'dynamic', width = 'dynamic'] = input.shape;
  const inputChannels = typeof channels === 'number' ? channels : (metadata.channels ?? 3);
  const dynamicSize = height === 'dynamic' || width === 'dynamic';
  const wanted = dynamicSize ? metadata.imgsz : overrides.imgsz;
  assertSizeFits(file, { height, width, wanted, stride: metadata.stride ?? 32 });
  const inputHeight = height === 'dynamic' ? sizeOf(wanted, 0) : height;
  const inputWidth = width === 'dynamic' ? sizeOf(wanted, 1) : width;
  const images = batch === 'dynamic' ? 1 : batch;
  if ((images * inputHeight * inputWidth * inputChannels) / 3 > mostPixels) {
    throw new EigenfleetError(
      'model',
      `${file.name} takes ${images} x ${inputHeight}x${inputWidth} pixels at once (batch x height x width), over the limit of ${mostPixels}: export it with a smaller imgsz or batch.`,
    );
  }
  const inputElemType = elemTypeOf(input) ?? 'float32';
  return {
    inputName: input.name,
    inputElemType,
    inputChannels,
    takesBytes: inputElemType === 'uint8' || takesBytes(file.graph, input.name),
    exchangesChannels: exchangesChannels(file.graph, input.name),
    quantizes: file.graph.node.some(({ opType }) => quantizers.includes(opType)),
    inputHeight,
    inputWidth,
    batch,
    dynamicSize,
    dynamicSides: height === 'dynamic' && width === 'dynamic',
  };
}

const quantizers = ['DynamicQuantizeLinear', 'QuantizeLinear'];

/** Of a whole batch: 16 images of 2,048 x 2,048, whose floats take 805 MB. */
const mostPixels = 2 ** 26;

function imageInput(file: OnnxFile): TensorInfo {
  const inputs = file.inputs.map(tensorInfo);
  const [input] = inputs;
  const shape = input?.shape ?? [];
  const isLast = channelsAreLast(shape);
  if (inputs.length === 1 && elemTypeOf(input) !== undefined && shape.length === 4 && !isLast) {
    return input as TensorInfo;
  }
  if (inputs.length === 1 && shape.length === 4 && elemTypeOf(input) === undefined) {
    throw new EigenfleetError(
      'model',
      `${file.name} takes images as ${input?.elemType} numbers, and float32, float16 and uint8 can be given: export it again, or convert its input.`,
    );
  }
  const first = inputs.slice(0, 3);
  const found = first.map((each) => `${each.name} ${each.elemType} ${shapeText(each.shape)}`);
  if (inputs.length > first.length) found.push(`${inputs.length - first.length} more`);
  throw new EigenfleetError(
    'model',
    `${file.name} is not a YOLO model for images: it takes ${found.join(' and ') || 'no input'}, not one image [batch, channels, height, width].${inputAdvice(inputs)}`,
  );
}

/** A sentence about what to do, where that is known. */
function inputAdvice(inputs: readonly TensorInfo[]): string {
  if (inputs.length > 1) return ' Export it with the image as its only input.';
  const shape = inputs[0]?.shape ?? [];
  if (channelsAreLast(shape))
    return ' Its channels come last: export it with channels first (tf2onnx: --inputs-as-nchw).';
  return shape.length === 3 ? ' Export it with a batch axis in front.' : '';
}

/** Where the channels come last, there are as many as rows in front; an open size in front of 1, 3 or 4 is rows too. */
function channelsAreLast([, channels, , last]: TensorInfo['shape']): boolean {
  if (channels === 3 || typeof last !== 'number') return false;
  return channels === 'dynamic' ? [1, 3, 4].includes(last) : (channels ?? 0) > last;
}

function elemTypeOf(input: TensorInfo | undefined): ModelInput['inputElemType'] | undefined {
  return (['float32', 'float16', 'uint8'] as const).find((type) => type === input?.elemType);
}

interface SizeFacts {
  readonly height: Dimension;
  readonly width: Dimension;
  readonly wanted: readonly [number, number] | undefined;
  readonly stride: number;
}

function assertSizeFits(file: OnnxFile, { height, width, wanted, stride }: SizeFacts): void {
  const dynamicSize = height === 'dynamic' || width === 'dynamic';
  if (dynamicSize && wanted === undefined) {
    throw new EigenfleetError(
      'usage',
      `${file.name} takes images of any size and does not say which it was made for: set --imgsz, as in --imgsz 640.`,
    );
  }
  const [wantedHeight, wantedWidth] = wanted ?? [height, width];
  const contradicts = (fixed: Dimension, size: Dimension) => fixed !== 'dynamic' && fixed !== size;
  if (contradicts(height, wantedHeight) || contradicts(width, wantedWidth)) {
    throw new EigenfleetError(
      'usage',
      `${file.name} is fixed at ${height}x${width} pixels (height x width): drop --imgsz, or export with imgsz=${wantedHeight},${wantedWidth}.`,
    );
  }
  const odd = [wantedHeight, wantedWidth].find(
    (size) => dynamicSize && Number(size) % stride !== 0,
  );
  if (odd === undefined) return;
  throw new EigenfleetError(
    'usage',
    `--imgsz ${odd} is not a multiple of the stride ${stride} of ${file.name}: use ${Math.ceil(Number(odd) / stride) * stride}.`,
  );
}

/** `assertSizeFits` has checked that the size exists. */
function sizeOf(size: readonly [number, number] | undefined, axis: 0 | 1): number {
  return size?.[axis] ?? 0;
}
