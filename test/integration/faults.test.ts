// A cut of the campaign that `npm run test:faults` makes: see docs/reliability.md.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PartResult, PartTask } from '../faults/part-result.ts';
import { tryModels } from '../faults/try-models.ts';
import { tryPictures } from '../faults/try-pictures.ts';
import { trySchedules } from '../faults/try-schedules.ts';
import { runCli } from '../support/cli.ts';
import { quickModel } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';

function taskOf(first: number, count: number, seed = 1): PartTask {
  const goesOn = (tried: number): boolean => tried < count;
  return { seed, first, count, goesOn, jobs: 4, folder: join(tempDir(), 'work'), say: () => {} };
}

function assertAllWell({ failures, tried }: PartResult, count: number): void {
  assert.deepEqual(failures, []);
  assert.equal(tried, count);
}

test('a fleet under random faults, in a folder and in S3, closes its run as if there were none', async () => {
  // Killed and stopped workers, a killed producer, a Redis that dies and forgets, a full disk, and a bucket that refuses to be written.
  assertAllWell(await trySchedules({ ...taskOf(4, 4, 241), size: 'short' }), 4);
});

test('a hundred damaged pictures become rows, and cost neither the whole ones nor the process', async () => {
  // The first eight are small files of very many pixels, which take long.
  assertAllWell(await tryPictures({ ...taskOf(8, 100), model: quickModel }), 100);
});

test('mutated models are explained or refused in a sentence', async () => {
  const ask = async (args: readonly string[]) => {
    const { code, signal, stdout, stderr } = await runCli(args);
    // Their time and memory are for processes of their own to tell.
    return { exit: code ?? signal ?? 'SIGKILL', ownMs: 0, peakMB: 0, stdout, stderr };
  };
  assertAllWell(await tryModels({ ...taskOf(10, 20), ask }), 20);
});
