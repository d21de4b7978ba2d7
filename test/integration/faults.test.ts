// A cut of the campaign that `npm run test:faults` makes: see docs/reliability.md.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { forAWhile } from '../faults/for-a-while.ts';
import type { PartResult, PartTask } from '../faults/part-result.ts';
import { judgeFiles, judgeRows } from '../faults/schedule-verdict.ts';
import { tryModels } from '../faults/try-models.ts';
import { tryPictures } from '../faults/try-pictures.ts';
import { trySchedules } from '../faults/try-schedules.ts';
import { runCli } from '../support/cli.ts';
import { exampleRows } from '../support/example-rows.ts';
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

test('the verdict on a schedule names what was lost, doubled, changed and left behind', () => {
  const [first, second, third] = exampleRows.map((row) => ({ ...row, shard: 7 }));
  assert.ok(first && second && third);
  const expected = new Map([first, second, third].map((row) => [row.key, row]));
  assert.deepEqual(judgeRows([first, second, third], expected), []);
  const failed = { ...third, status: 'failed_to_infer' as const, reason: 'crashed' };
  assert.deepEqual(judgeRows([first, first, failed], expected), [
    '1 healthy images failed: classified.jpg (crashed)',
    `1 images are missing: ${second.key}`,
    '1 rows are doubled',
    '1 rows differ: classified.jpg',
  ]);
  const run = { runId: 'r', rows: expected, summary: {}, files: new Set(['run.json', 'a.npy']) };
  assert.deepEqual(judgeFiles(['names/latest.json', 'r/a.npy', 'r/run.json'], run), []);
  assert.deepEqual(judgeFiles(['.half', 'r/run.json', 'r/in-flight/0.log'], run), [
    '1 stray files in the run: in-flight/0.log',
    '1 files are missing in the run: a.npy',
    '1 stray files beside the run: .half',
  ]);
});

test('a part by minutes counts from its first question, and tries one in any case', () => {
  let nowMs = 0;
  const goesOn = forAWhile(100, () => nowMs);
  nowMs = 1_000;
  assert.equal(goesOn(0), true);
  nowMs = 1_099;
  assert.equal(goesOn(1), true);
  nowMs = 1_100;
  assert.equal(goesOn(1), false);
  assert.equal(forAWhile(0, () => nowMs)(0), true);
});

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
