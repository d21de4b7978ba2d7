import { parentPort, workerData } from 'node:worker_threads';
import { executionProvidersOf } from '../../model/runtime/devices.ts';
import { weightsEntries } from '../../model/runtime/model-weights.ts';
import { InferenceSession, Tensor } from '../../model/runtime/onnxruntime.ts';
import { readModelFile } from '../../model/yolo/load-model.ts';
import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import type { BareSetup, BareTask, BareTold } from './bare-setup.ts';

/*
 * The untouched model in a thread of its own, on one input that lies in memory: as fast as the device computes it. Says "ready", then answers each task when it is done.
 */
const { modelPath, weights, inputName, elemType, dims, device, threads }: BareSetup = workerData;

const { session: entries, externalData } = weightsEntries(weights);
const bytes = await readModelFile(modelPath);
const session = await InferenceSession.create(bytes, {
  executionProviders: [...executionProvidersOf(device)],
  intraOpNumThreads: threads,
  logSeverityLevel: 4,
  extra: { session: entries },
  externalData,
});
const feeds = { [inputName]: madeInput() };

parentPort?.on('message', async ({ calls }: BareTask) => {
  for (let n = 0; n < calls; n++) await session.run(feeds);
  tell('done');
});
tell('ready');

function tell(what: BareTold): void {
  parentPort?.postMessage(what);
}

/** Noise: a constant picture lets some kernels skip work. */
function madeInput(): Tensor {
  const size = dims.reduce((product, side) => product * side, 1);
  const random = mulberry32(1);
  if (elemType === 'uint8')
    return new Tensor(
      'uint8',
      Uint8Array.from({ length: size }, () => 256 * random()),
      dims,
    );
  if (elemType === 'float32')
    return new Tensor('float32', Float32Array.from({ length: size }, random), dims);
  // float16: 0x3800 to 0x3bff are the numbers from 0.5 to 1.
  return new Tensor(
    'float16',
    Uint16Array.from({ length: size }, () => 0x3800 + 0x400 * random()),
    dims,
  );
}
