import { toFloat16 } from '../../shared/results/float16.ts';
import type { ModelFacts } from '../session/augmented-graph.ts';
import { type Preprocessing, scaleFor } from '../session/preprocessing.ts';

/**
 * What `addNumbers` computes in the graph: pixels as the numbers that a model takes, of a batch of one image.
 *
 * @param pixels uint8 [C, H, W]
 * @returns [batch, C, H, W]; halves of floats as their bits
 */
export function modelNumbers(
  pixels: Uint8Array,
  facts: Pick<ModelFacts, 'inputChannels' | 'inputElemType' | 'takesBytes'>,
  preprocessing: Preprocessing,
  batch: number,
): Uint8Array | Float32Array | Uint16Array {
  const { inputChannels, inputElemType } = facts;
  const { mean, std, channelOrder } = preprocessing;
  const scale = scaleFor(facts, preprocessing);
  const plane = pixels.length / inputChannels;
  const one = (list: readonly number[] | undefined, channel: number, other: number) =>
    list === undefined ? other : (list[list.length === 1 ? 0 : channel] ?? other);
  const numbers = new Float32Array(batch * pixels.length);
  for (let i = 0; i < numbers.length; i++) {
    const at = i % pixels.length;
    const channel = Math.floor(at / plane);
    const source = channelOrder === 'bgr' ? at + (2 - 2 * channel) * plane : at;
    const number = pixels[source]! * scale;
    numbers[i] = (number - one(mean, channel, 0)) / one(std, channel, 1);
  }
  if (inputElemType === 'uint8') return Uint8Array.from(numbers);
  return inputElemType === 'float16' ? toFloat16(numbers) : numbers;
}
