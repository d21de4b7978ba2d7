import { concatenated } from '../../shared/concatenated.ts';
import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';
import type { InputSize } from '../../shared/run/letterbox-geometry.ts';
import { elementTypes } from '../onnx/element-types.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addView, tensorsOf } from '../onnx/tensor-view.ts';
import { cutParts } from '../onnx/wire-splice.ts';
import { Tensor } from '../runtime/onnxruntime.ts';
import { addPixels, type ExplainPlan, type ModelFacts } from './augmented-graph.ts';
import { type OnnxSessionOptions, openOnnxSession } from './open-onnx-session.ts';

export interface ActivationOptions
  extends OnnxSessionOptions,
    Pick<ExplainPlan, 'layers' | 'device' | 'preprocessing'> {
  /** The model file. */
  readonly bytes: Uint8Array;
  readonly facts: ModelFacts;
}

export interface ActivationSession {
  /**
   * @param pixels uint8 [B, C, H, W] as `augmentModel` takes them
   * @param size H and W
   * @param wanted indices of layers
   * @returns activations of the first image by index of the layer, [C, N]; the arrays own their memory
   */
  run(
    pixels: Uint8Array,
    size: InputSize,
    wanted: readonly number[],
  ): Promise<ReadonlyMap<number, Float32Array>>;
  release(): Promise<void>;
}

/**
 * The part of a model that computes the target layers, and nothing of Eigen-CAM: for the few images whose components have to be computed
 * again. As outputs of the usual session they would be held until its end. Throws as `openOnnxSession`.
 */
export async function openActivationSession(
  options: ActivationOptions,
): Promise<ActivationSession> {
  const { bytes, facts, layers } = options;
  const batch = facts.batch === 'dynamic' ? 'eigenfleet_batch' : facts.batch;
  const front = new GraphBuilder(facts.opset, 'input');
  const input = addPixels(front, facts, { ...options, batch });
  const back = new GraphBuilder(facts.opset, 'activations');
  const names = layers.map((layer) =>
    back.output(back.op('Cast', [addView(back, layer)], { to: elementTypes.float32 })),
  );
  const wanted = layers.flatMap(({ tensor, view }) => tensorsOf(tensor, view));
  const { parts } = cutParts(bytes, { inputName: facts.inputName, wanted });
  const all = concatenated([front.encode(), ...parts, back.encode()]);
  const session = await openOnnxSession({ ...options, bytes: all });
  return {
    run: async (pixels, { inputHeight, inputWidth }, wantedLayers) => {
      const size = [facts.inputChannels, inputHeight, inputWidth];
      const images = pixels.length / size.reduce((product, side) => product * side, 1);
      const feeds = { [input]: new Tensor('uint8', pixels, [images, ...size]) };
      const fetches = wantedLayers.flatMap((index) => names[index] ?? []);
      const results = await session.run(feeds, fetches);
      return new Map(
        wantedLayers.map((index) => [index, firstOf(results[names[index] ?? '']?.data, images)]),
      );
    },
    release: () => session.release(),
  };
}

function firstOf(data: unknown, images: number): Float32Array {
  if (!(data instanceof Float32Array)) throw new TypeError('expected float32 activations');
  const first = data.slice(0, data.length / images);
  releaseBytes(data);
  return first;
}
