import { workerData } from 'piscina';
import { outputArrays } from '../inference/owned-outputs.ts';
import { transferring } from '../inference/transfer.ts';
import {
  type InterpretAnswer,
  type InterpretTask,
  type OverlayAnswer,
  type OverlayTask,
  PixelWork,
  type PrepareTask,
} from './pixel-work.ts';
import type { PreparedSample } from './prepare-sample.ts';
import { candidateArrays } from './sample-candidates.ts';

const work = new PixelWork(workerData);

export function prepare(task: PrepareTask): Promise<PreparedSample> {
  return work.prepare(task);
}

export function interpret(task: InterpretTask): InterpretAnswer {
  const answer = work.interpret(task);
  return transferring(answer, arraysOf(answer));
}

export async function overlay(task: OverlayTask): Promise<OverlayAnswer> {
  const answer = await work.overlay(task);
  return answer.status === 'success' ? transferring(answer, [answer.jpeg]) : answer;
}

function arraysOf(answer: InterpretAnswer): ArrayBufferView[] {
  if (answer.status === 'failed_to_infer') return [];
  if (answer.status === 'unsettled') return outputArrays(answer.outputs);
  const { sample, frames } = answer;
  const { layers, evidence, packedEvidence, boxMaps, packedBoxMaps, candidates } = sample;
  return [
    sample.fused.map,
    ...layers.map(({ signed }) => signed),
    ...frames.means.map(({ levels }) => levels),
    frames.boxes,
    ...(evidence ?? []).map(({ map }) => map),
    ...(frames.evidence ?? []).flatMap(({ votes, regions }) => [votes, regions]),
    ...(packedEvidence ?? []).flatMap((packed) => packed?.deflated ?? []),
    ...(boxMaps ?? []).map(({ map }) => map),
    ...(packedBoxMaps?.groups ?? []).map(({ packed }) => packed.deflated),
    ...(candidates ? candidateArrays(candidates) : []),
  ];
}
