import { loadModel } from '../../src/model/yolo/load-model.ts';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import { openBareModel } from '../../src/worker/inference/bare-model.ts';
import { bareSetupOf } from '../../src/worker/inference/bare-setup.ts';

/*
 * The bare model at its best on a CPU: one session of one thread for each thread of the machine, all at once, on tensors that lie in memory. Prints images per second.
 *
 *   node dist/bench/support/bare-child.js MODEL IMAGES
 */
const [, , modelPath = '', imageCount = '64'] = process.argv;

const setup = bareSetupOf(await loadModel(modelPath), { device: 'cpu', threads: 1 });
const bare = await openBareModel(setup, availableThreads());
await bare.rate(3 * availableThreads());
console.log(await bare.rate(Number(imageCount)));
await bare.close();
