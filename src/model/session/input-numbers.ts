import { elementTypes } from '../onnx/element-types.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Device } from '../runtime/devices.ts';
import type { YoloModel } from '../yolo/yolo-model.ts';
import type { Preprocessing } from './preprocessing.ts';

/** How bytes become the numbers of a model's input, and what that input is. */
export interface InputNumbers
  extends Preprocessing,
    Pick<YoloModel, 'inputName' | 'inputElemType'> {
  readonly scale: number;
  /** The quotient of each byte and 255 as it is, to the last bit. */
  readonly exact?: boolean | undefined;
  readonly device: Device;
}

/** One node on the way, but for its first input and its output. */
type Step = readonly [
  opType: string,
  inputs: readonly string[],
  attributes?: Readonly<Record<string, number>>,
];

/** DequantizeLinear's first operator set. */
const dequantizing = 10;

/**
 * (pixels * scale - mean) / std under the name of the model's input. By default on the CPU that is one DequantizeLinear, 2 ms cheaper at 640 px than
 * Cast, Transpose and Mul. Elsewhere Cast and Mul: ONNX Runtime's change of layout for WebGPU takes a DequantizeLinear for part of a quantized
 * model, and quantizes the whole image again on the CPU. The floats are the same to the bit.
 *
 * Half of the 256 products with 1 / 255 are off by the last bit from the quotients that Ultralytics feeds. Only a quantizer makes much of that: the scale of a whole tensor may turn on
 * it, and boxes of random networks came out with scores 0.09 away. The quotients take 1.6 ms more at 640 px (one thread), so only such models get them.
 */
export function addNumbers(graph: GraphBuilder, pixels: string, numbers: InputNumbers): void {
  const steps = stepsOf(graph, numbers);
  let tensor = pixels;
  steps.forEach(([opType, inputs, attributes], index) => {
    const output = index === steps.length - 1 ? numbers.inputName : '';
    tensor = graph.op(opType, [tensor, ...inputs], attributes, output);
  });
}

function stepsOf(graph: GraphBuilder, numbers: InputNumbers): Step[] {
  const { channelOrder, inputElemType, mean, std } = numbers;
  const turned: Step[] =
    channelOrder === 'bgr' ? [['Gather', [graph.integers([2, 1, 0])], { axis: 1 }]] : [];
  if (inputElemType === 'uint8') return turned.length > 0 ? turned : [['Identity', []]];
  return [
    ...turned,
    ...scaling(graph, numbers),
    ...(mean === undefined ? [] : [['Sub', [perChannel(graph, 'mean', mean)]] satisfies Step]),
    ...(std === undefined ? [] : [['Div', [perChannel(graph, 'std', std)]] satisfies Step]),
    ...(inputElemType === 'float16' ? [castTo('float16')] : []),
  ];
}

function scaling(graph: GraphBuilder, { scale, exact, device }: InputNumbers): Step[] {
  if (scale === 1) return [castTo('float32')];
  if (exact && scale === 1 / 255) return [castTo('float32'), ['Div', [graph.scalar(255)]]];
  const factor = graph.scalar(scale);
  return device === 'cpu' && graph.opset >= dequantizing
    ? [['DequantizeLinear', [factor, graph.byteScalar(0)]]]
    : [castTo('float32'), ['Mul', [factor]]];
}

function perChannel(graph: GraphBuilder, name: string, values: readonly number[]): string {
  return graph.floats(name, [1, values.length, 1, 1], Float32Array.from(values));
}

function castTo(type: 'float32' | 'float16'): Step {
  return ['Cast', [], { to: elementTypes[type] }];
}
