import { elementTypes } from './element-types.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { type TensorInfo, unknownTensor } from './tensor-info.ts';

/** How activations [batch, channels, height, width] in float are got from what a file has. Plain data. */
export type TensorView =
  /** The tensor holds integers: (x - zeroPoint) * scale. Names of tensors; no zero point is ''. */
  | { readonly kind: 'dequantize'; readonly scale: string; readonly zeroPoint: string }
  /** ONNX Runtime stored the channels in blocks as wide as the vectors of the CPU that the file was saved on. */
  | { readonly kind: 'unblock' }
  /** Tokens [batch, tokens, channels]: one for each cell of the grid, row-major, behind `first` others. */
  | {
      readonly kind: 'tokens';
      readonly first: number;
      readonly gridHeight: number;
      readonly gridWidth: number;
    }
  /** [batch, height, width, channels]. */
  | { readonly kind: 'channels-last' }
  /** Tensors side by side along the channels. */
  | { readonly kind: 'join'; readonly parts: readonly string[] };

/** The file's tensors that hold the activations. */
export function sourcesOf(tensor: string, view: TensorView | undefined): readonly string[] {
  return view?.kind === 'join' ? view.parts : [tensor];
}

/** All that the view reads. */
export function tensorsOf(tensor: string, view: TensorView | undefined): readonly string[] {
  const sources = sourcesOf(tensor, view);
  if (view?.kind !== 'dequantize') return sources;
  return [...sources, view.scale, view.zeroPoint].filter((name) => name !== '');
}

/** Type and shape of the activations, of those of their sources. */
export function viewInfo(
  name: string,
  view: TensorView | undefined,
  sources: readonly TensorInfo[],
): TensorInfo {
  const [first = unknownTensor(name)] = sources;
  if (view?.kind === 'dequantize') return { ...first, name, elemType: 'float32' };
  if (view?.kind === 'tokens') {
    const [images = 'dynamic', , features = 'dynamic'] = first.shape;
    return { ...first, name, shape: [images, features, view.gridHeight, view.gridWidth] };
  }
  if (view?.kind === 'channels-last') {
    const [images = 'dynamic', height = 'dynamic', width = 'dynamic', features = 'dynamic'] =
      first.shape;
    return { ...first, name, shape: [images, features, height, width] };
  }
  if (view?.kind !== 'join') return { ...first, name };
  const channels = sources.map(({ shape }) => shape[1] ?? 'dynamic');
  const sum = channels.reduce<number>((total, each) => total + Number(each), 0);
  const [batch = 'dynamic', , ...grid] = first.shape;
  return { ...first, name, shape: [batch, Number.isNaN(sum) ? 'dynamic' : sum, ...grid] };
}

/** Appends what turns the file's tensors into activations, and returns their name. `channels`: how many the activations have. */
export function addView(
  graph: GraphBuilder,
  { tensor, view, channels }: { tensor: string; view?: TensorView | undefined; channels: number },
): string {
  if (view === undefined) return tensor;
  if (view.kind === 'join') return graph.op('Concat', view.parts, { axis: 1 });
  if (view.kind === 'channels-last') return graph.op('Transpose', [tensor], { perm: [0, 3, 1, 2] });
  if (view.kind === 'tokens') {
    const { first, gridHeight, gridWidth } = view;
    const end = first + gridHeight * gridWidth;
    const cells = graph.transposed(graph.sliced(tensor, 1, { start: first, end, step: 1 }));
    return graph.op('Reshape', [cells, graph.integers([0, 0, gridHeight, gridWidth])]);
  }
  if (view.kind === 'unblock') {
    return graph.op('ReorderOutput', [tensor], { channels }, '', 'com.microsoft.nchwc');
  }
  const floats = graph.op('DequantizeLinear', tensorsOf(tensor, view));
  return graph.op('Cast', [floats], { to: elementTypes.float32 });
}
