import { workerData } from 'piscina';
import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import { collectAllGarbage, collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import type { Activations, InferenceAnswer } from './inference.ts';
import {
  type ActivationsTask,
  type InferenceTask,
  InferenceWork,
  type OpenOutcome,
} from './inference-work.ts';
import { outputArrays } from './owned-outputs.ts';
import type { ProbeAnswer } from './probe-setup.ts';
import { transferring } from './transfer.ts';

/** A thousand images leave about as much. */
const mostGarbageBytes = 2 ** 20;

const work = new InferenceWork(workerData);

export async function open(): Promise<OpenOutcome> {
  const outcome = await work.open();
  // What was read, joined and handed to ONNX Runtime: megabytes that nobody needs.
  collectAllGarbage();
  return outcome;
}

export function probe(): Promise<ProbeAnswer> {
  return work.probe();
}

export async function infer(task: InferenceTask): Promise<InferenceAnswer> {
  collectOldGarbage(mostGarbageBytes);
  const answer = await work.infer(task);
  return transferring(answer, answer.images.flatMap(outputArrays));
}

export async function activations(task: ActivationsTask): Promise<Activations> {
  const found = await work.activations(task);
  return transferring(found, [...found.values()]);
}

export async function sums(task: InferenceTask): Promise<readonly BatchSums[]> {
  const found = await work.sums(task);
  return transferring(
    found,
    found.flatMap(({ scatter, means }) => [scatter, means]),
  );
}

export function close(): Promise<void> {
  return work.close();
}
