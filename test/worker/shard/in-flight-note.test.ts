import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { openInFlightNote } from '../../../src/worker/shard/in-flight-note.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('rows under way at a death are suspects, and one that dies alone is set aside', async () => {
  const folder = tempDir();
  const first = await openInFlightNote(folder, 3);
  for (const row of [0, 1, 2]) await first.begin(row);
  await first.end(1);
  const second = await openInFlightNote(folder, 3);
  assert.deepEqual(second.suspects, [0, 2]);
  await second.begin(0);
  await second.end(0);
  await second.begin(2);
  const third = await openInFlightNote(folder, 3);
  assert.deepEqual(third.suspects, []);
  assert.deepEqual([...third.quarantined], [2]);
  await third.close('done');
  assert.deepEqual(await readdir(folder), []);
});

test('a shard given up in good order suspects nobody, and still knows who was set aside', async () => {
  const folder = tempDir();
  await (await openInFlightNote(folder, 0)).begin(5);
  await (await openInFlightNote(folder, 0)).begin(5);
  const third = await openInFlightNote(folder, 0);
  await third.begin(6);
  await third.close('abandoned');
  const fourth = await openInFlightNote(folder, 0);
  assert.deepEqual(fourth.suspects, []);
  assert.deepEqual([...fourth.quarantined], [5]);
  await fourth.close('done');
});
