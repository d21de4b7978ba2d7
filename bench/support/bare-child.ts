import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from '../../src/model/runtime/onnxruntime.ts';
import { readModelFile } from '../../src/model/yolo/load-model.ts';
import { readYoloModel } from '../../src/model/yolo/yolo-model.ts';
import { seededRandom } from './random.ts';

/*
 * The bare model at its best on a CPU: one session of one thread for each thread of the machine, all at once, on tensors that lie in memory. Prints images per second.
 *
 *   node dist/bench/support/bare-child.js MODEL IMAGES
 */
const [, , modelPath = '', imageCount = '64'] = process.argv;

if (isMainThread) {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(fileURLToPath(import.meta.url), { workerData: modelPath }),
  );
  await Promise.all(workers.map(answerOf));
  const each = Math.ceil(Number(imageCount) / workers.length);
  const startedMs = performance.now();
  await Promise.all(
    workers.map((worker) => {
      worker.postMessage(each);
      return answerOf(worker);
    }),
  );
  const rate = ((each * workers.length) / (performance.now() - startedMs)) * 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  console.log(rate);
} else {
  const bytes = await readModelFile(String(workerData));
  const { inputName, inputHeight, inputWidth } = readYoloModel(bytes, { name: 'bare model' });
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const values = Float32Array.from({ length: 3 * inputHeight * inputWidth }, seededRandom(1));
  const feeds = { [inputName]: new Tensor('float32', values, [1, 3, inputHeight, inputWidth]) };
  for (let warm = 0; warm < 3; warm++) await session.run(feeds);
  parentPort?.on('message', async (count: number) => {
    for (let n = 0; n < count; n++) await session.run(feeds);
    parentPort?.postMessage('done');
  });
  parentPort?.postMessage('ready');
}

function answerOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
