import { availableThreads } from '../../shared/host/threads/cpu-quota.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { Explainer } from '../explain/explainer.ts';
import { StageTimer } from '../explain/stage-timer.ts';
import { startRuntimeInference } from '../inference/runtime-inference.ts';
import { fetchSample } from '../shard/fetch-sample.ts';
import { loadRunModel } from './load-run-model.ts';
import type { TrialSetup } from './trial-setup.ts';

/*
 * The child process of `suspect-trial.ts`. The first message sets it up, every further one is an image: it explains it as a run does, and the reply says that
 * the process is still alive. The result does not matter here, nor an orderly failure.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C reaches every process of a terminal; the parent decides.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

let trying: ((sample: Sample) => Promise<void>) | undefined;
process.on('message', async (message: TrialSetup | Sample) => {
  if ('spec' in message) trying = await open(message);
  else await trying?.(message).catch(() => {});
  process.send?.('alive');
});

async function open(setup: TrialSetup): Promise<(sample: Sample) => Promise<void>> {
  const { spec, modelPath, device, storeOptions } = setup;
  const loaded = await loadRunModel(modelPath, spec);
  const { options, dataset } = spec;
  const threads = availableThreads();
  const inference = await startRuntimeInference({ loaded, options, device, threads, images: 1 });
  const explainer = new Explainer(inference, spec, 1);
  const images = openStore(dataset.rootUri, storeOptions);
  return async (sample) => {
    const fetched = await fetchSample(sample, images);
    if (fetched.status !== 'success') return;
    const timer = new StageTimer();
    const explained = await explainer.explain(fetched.bytes, timer);
    if (explained.status === 'success') await explainer.overlay(fetched.bytes, explained, timer);
  };
}
