import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from '../../src/model/runtime/onnxruntime.ts';
import { readYoloModel } from '../../src/model/yolo/yolo-model.ts';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import { seededRandom } from './random.ts';

/** The untouched model on tensors that are in memory already: the fastest a run could ever be. */
export interface BareLoop {
  /** Images per second over `images` runs. */
  measure(images: number): Promise<number>;
  readonly setting: string;
}

/** Opens the model with its best setting: all threads, spinning on or off, whichever is faster here. */
export async function openBareLoop(path: string): Promise<BareLoop> {
  const bytes = await readFile(path);
  const { inputName, inputHeight, inputWidth } = readYoloModel(bytes, { name: path });
  const random = seededRandom(1);
  const tensors = Array.from({ length: 4 }, () => {
    const values = Float32Array.from({ length: 3 * inputHeight * inputWidth }, random);
    return new Tensor('float32', values, [1, 3, inputHeight, inputWidth]);
  });
  const loops = await Promise.all(
    ['on', 'off'].map(async (spinning): Promise<BareLoop> => {
      const session = await InferenceSession.create(bytes, {
        intraOpNumThreads: availableThreads(),
        extra: { session: { intra_op: { allow_spinning: spinning === 'on' ? '1' : '0' } } },
      });
      const measure = async (images: number): Promise<number> => {
        const startedMs = performance.now();
        for (let n = 0; n < images; n++) await session.run({ [inputName]: tensors[n % 4]! });
        return (images / (performance.now() - startedMs)) * 1000;
      };
      return { measure, setting: `spinning ${spinning}` };
    }),
  );
  const rates = [];
  for (const loop of loops) {
    await loop.measure(5);
    rates.push(await loop.measure(20));
  }
  return loops[rates[0]! >= rates[1]! ? 0 : 1]!;
}
