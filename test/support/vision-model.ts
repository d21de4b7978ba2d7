import { GraphBuilder } from '../../src/model/onnx/graph-builder.ts';

/** A small model that runs: convolutions of 1 x 1 whose weights are a fixed pattern, and what is built of them. */
export class VisionModel {
  readonly graph: GraphBuilder;
  readonly image: string;
  #weights = 0;

  constructor(side = 64, opset = 18) {
    this.graph = new GraphBuilder(opset, 'vision');
    this.image = this.graph.input('image', 'float32', [1, 3, side, side]);
  }

  /** Convolution of 1 x 1 from `from` to `to` channels. */
  conv(tensor: string, from: number, to: number, { stride = 1, name = '' } = {}): string {
    const weights = Float32Array.from(
      { length: from * to },
      (_, i) => Math.cos(1.7 * i * (this.#weights + 1)) / from,
    );
    const weight = this.graph.floats(`w${this.#weights++}`, [to, from, 1, 1], weights);
    return this.graph.op('Conv', [tensor, weight], { strides: [stride, stride] }, name);
  }

  relu(tensor: string, name = ''): string {
    return this.graph.op('Relu', [tensor], {}, name);
  }

  /** A residual block: the way around it is a convolution where the stride is 2. */
  block(
    tensor: string,
    from: number,
    to: number,
    { stride = 1, name }: { stride?: number; name: string },
  ): string {
    const inner = this.relu(this.conv(tensor, from, to));
    const main = this.conv(inner, to, to, { stride });
    const around = from === to && stride === 1 ? tensor : this.conv(tensor, from, to, { stride });
    return this.relu(this.graph.op('Add', [main, around]), name);
  }

  /** Doubles the grid. */
  enlarged(tensor: string): string {
    const scales = this.graph.floats('scales', [4], Float32Array.of(1, 1, 2, 2));
    return this.graph.op('Resize', [tensor, '', scales]);
  }

  encode(...outputs: readonly string[]): Uint8Array {
    for (const output of outputs) this.graph.output(output);
    return this.graph.encode('standalone');
  }
}

/** Stem, four stages of two blocks, pooling: 32, 16, 8, 4 and 2 cells a side at 64 pixels. */
export function residualClassifier(side = 64): Uint8Array {
  const model = new VisionModel(side);
  const { graph } = model;
  let tensor = model.relu(model.conv(model.image, 3, 4, { stride: 2 }), 'stem');
  let channels = 4;
  for (const [index, next] of [4, 6, 8, 10].entries()) {
    const stage = `stage${index + 1}`;
    tensor = model.block(tensor, channels, next, { stride: 2, name: `${stage}/first` });
    tensor = model.block(tensor, next, next, { name: `${stage}/last` });
    channels = next;
  }
  const pooled = graph.op('Flatten', [graph.op('GlobalAveragePool', [tensor])]);
  const classes = graph.floats('classes', [10, 7], new Float32Array(70).fill(0.1));
  return model.encode(graph.op('MatMul', [pooled, classes], {}, 'logits'));
}
