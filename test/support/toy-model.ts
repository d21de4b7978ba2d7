import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';
import { type AugmentedModel, augmentModel } from '../../src/model/session/augmented-graph.ts';

export interface ToyOptions {
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly components: number;
  /** Element-wise operator that makes the layer of the image; pixels come as value / 255. */
  readonly opType?: 'Relu' | 'Log';
  /** Of input, layer and head. */
  readonly elemType?: 'float32' | 'float16';
  readonly opset?: number;
}

/** A model whose only layer is the image itself, three channels on the pixel grid: activations can be chosen by hand. */
export function toyModel(options: ToyOptions): AugmentedModel {
  const { gridHeight, gridWidth, components, opType, elemType = 'float32', opset = 18 } = options;
  const graph = new GraphBuilder(opset, 'toy');
  const inputName = graph.input('images', elemType, [1, 3, gridHeight, gridWidth]);
  const tensor = graph.op(opType ?? 'Relu', [inputName], {}, 'toy/layer');
  graph.output(graph.op('Flatten', [tensor], {}, 'toy/head'));
  const facts = {
    inputName,
    inputElemType: elemType,
    inputChannels: 3,
    takesBytes: false,
    quantizes: false,
    inputHeight: gridHeight,
    inputWidth: gridWidth,
    batch: 1,
    opset,
    headLayout: { kind: 'classify', output: 'toy/head', elemType, classes: 3 },
  } as const;
  const layers = [{ name: 'toy', tensor, channels: 3, gridHeight, gridWidth, elemType }];
  return augmentModel(graph.encode('standalone'), facts, { layers, components, device: 'cpu' });
}
