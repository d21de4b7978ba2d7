import { type AugmentedModel, augmentModel } from '../../src/model/augmented-graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';

export interface ToyOptions {
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly components: number;
  /** Element-wise operator that makes the layer of the image; pixels come as value / 255. */
  readonly opType?: 'Relu' | 'Log';
}

/** A model whose only layer is the image itself, three channels on the pixel grid: activations can be chosen by hand. */
export function toyModel({
  gridHeight,
  gridWidth,
  components,
  opType,
}: ToyOptions): AugmentedModel {
  const graph = new GraphBuilder(18);
  const inputName = graph.input('images', 'float32', [1, 3, gridHeight, gridWidth]);
  const tensor = graph.op(opType ?? 'Relu', [inputName], {}, 'toy/layer');
  graph.output(graph.op('Flatten', [tensor], {}, 'toy/head'));
  const facts = {
    inputName,
    inputElemType: 'float32',
    inputHeight: gridHeight,
    inputWidth: gridWidth,
    batch: 1,
    opset: 18,
    headLayout: { kind: 'classify', output: 'toy/head', elemType: 'float32', classes: 3 },
  } as const;
  const layer = { name: 'toy', tensor, channels: 3, gridHeight, gridWidth, elemType: 'float32' };
  const layers = [{ ...layer, elemType: 'float32' as const }];
  return augmentModel(graph.encode('standalone'), facts, { layers, components });
}
