import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { type ThreadFailure, threadFailure } from '../../shared/host/threads/thread-failure.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import { unpackScores } from '../precision/packed-scores.ts';
import type { UnpackedScores } from '../precision/row-scores.ts';
import type { EvaluatedShard } from './evaluate-shard.ts';
import { readEvaluated } from './read-evaluated.ts';

/** Start data of the thread. */
export interface EvaluatedSetup {
  readonly uri: string;
  readonly storeOptions: StoreOptions;
  readonly spec: RunSpec;
  readonly setup: EvaluationSetup;
}

/** `scores` are what the part has as text. */
export type EvaluatedAnswer =
  | {
      readonly status: 'read';
      readonly evaluated: EvaluatedShard;
      /** As they arrive, without what their class can do. */
      readonly scores: { readonly blocks: ScoreFields; readonly classes?: ScoreFields };
    }
  | { readonly status: 'unusable' }
  | ThreadFailure;

type ScoreFields = Pick<UnpackedScores, 'plain' | 'rest' | 'shift'>;

const { uri, storeOptions, spec, setup }: EvaluatedSetup = workerData;
const store = openStore(uri, storeOptions);

/** Runs in a thread of its own: reads and checks what a worker evaluated, and unpacks its scores. */
export async function read(shard: number): Promise<EvaluatedAnswer> {
  try {
    const evaluated = await readEvaluated({ store, spec, setup }, shard);
    return evaluated === undefined ? { status: 'unusable' } : answerOf(evaluated);
  } catch (error) {
    return threadFailure(error);
  }
}

/** The numbers move to the caller, without their texts. */
function answerOf({ part, objects }: EvaluatedShard): EvaluatedAnswer {
  const { precision } = part.sums;
  const { blocks, classes } = precision.sums;
  const scores = {
    blocks: unpackScores(blocks),
    ...(classes && { classes: unpackScores(classes) }),
  };
  const bare = {
    ...precision.sums,
    blocks: { ...blocks, scores: '' },
    ...(classes && { classes: { ...classes, scores: '' } }),
  };
  const sums = { ...part.sums, precision: { ...precision, sums: bare } };
  const value: EvaluatedAnswer = {
    status: 'read',
    evaluated: { part: { ...part, sums }, objects },
    scores,
  };
  const tables = [scores.blocks, ...(scores.classes ? [scores.classes] : [])];
  const buffers = new Set(tables.flatMap((table) => table.buffers));
  const moved: object = move({ [transferableSymbol]: [...buffers], [valueSymbol]: value });
  return moved as EvaluatedAnswer;
}
