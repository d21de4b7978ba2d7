import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { openInFlightNote } from '../../../src/worker/shard/in-flight-note.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('rows under way at a death are suspects, and one that dies alone three times is set aside', async () => {
  const folder = tempDir();
  const first = await openInFlightNote(folder, 3);
  for (const row of [0, 1, 2]) await first.begin(row);
  await first.end(1);
  const second = await openInFlightNote(folder, 3);
  assert.deepEqual(second.suspects, [0, 2]);
  await second.begin(0);
  await second.end(0);
  await second.begin(2);
  for (const _ of ['second', 'third']) {
    const again = await openInFlightNote(folder, 3);
    assert.deepEqual([again.suspects, [...again.quarantined]], [[2], []]);
    await again.begin(2);
  }
  const last = await openInFlightNote(folder, 3);
  assert.deepEqual(last.suspects, []);
  assert.deepEqual([...last.quarantined], [2]);
  await last.close('done');
  assert.deepEqual(await readdir(folder), []);
});

test('what a process of its own died of is set aside at once, and stays so when this one dies', async () => {
  const folder = tempDir();
  const first = await openInFlightNote(folder, 0);
  for (const row of [5, 7]) await first.begin(row);
  const second = await openInFlightNote(folder, 0);
  await second.condemn(5);
  assert.deepEqual([...second.quarantined], [5]);
  await second.begin(7);
  const third = await openInFlightNote(folder, 0);
  assert.deepEqual([third.suspects, [...third.quarantined]], [[7], [5]]);
  await third.close('done');
});

test('a shard given up in good order suspects nobody, and still knows who was set aside', async () => {
  const folder = tempDir();
  await (await openInFlightNote(folder, 0)).begin(5);
  const second = await openInFlightNote(folder, 0);
  await second.condemn(5);
  await second.begin(6);
  await second.close('abandoned');
  const third = await openInFlightNote(folder, 0);
  assert.deepEqual(third.suspects, []);
  assert.deepEqual([...third.quarantined], [5]);
  await third.close('done');
});
