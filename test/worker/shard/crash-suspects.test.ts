import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrashState, judgeCrash, noCrash } from '../../../src/worker/shard/crash-suspects.ts';

/** Plays attempts at a shard of 8 rows with 3 in flight until none dies; returns what was set aside and how often a process died. */
function play(poison: ReadonlySet<number>): { quarantined: readonly number[]; crashes: number } {
  let state: CrashState = noCrash;
  for (let crashes = 0; crashes < 20; crashes++) {
    const remains = attempt(state, poison);
    if (remains === undefined) return { quarantined: state.quarantined, crashes };
    state = judgeCrash(state, remains);
  }
  throw new Error('the shard never came to an end');
}

function attempt(state: CrashState, poison: ReadonlySet<number>) {
  const begun = new Set<number>();
  const ended = new Set<number>();
  for (const row of state.suspects) {
    begun.add(row);
    if (poison.has(row)) return { begun, ended };
    ended.add(row);
  }
  const known = [...state.suspects, ...state.quarantined];
  const rest = [0, 1, 2, 3, 4, 5, 6, 7].filter((row) => !known.includes(row));
  for (let at = 0; at < rest.length; at += 3) {
    const group = rest.slice(at, at + 3);
    for (const row of group) begun.add(row);
    if (group.some((row) => poison.has(row))) return { begun, ended };
    for (const row of group) ended.add(row);
  }
  return undefined;
}

test('a shard without poison is never suspected', () => {
  assert.deepEqual(play(new Set()), { quarantined: [], crashes: 0 });
});

test('one poison row that only a worker dies of is found after four crashes and its neighbors are acquitted', () => {
  assert.deepEqual(play(new Set([4])), { quarantined: [4], crashes: 4 });
});

test('two poison rows that were under way together cost three crashes each and the first', () => {
  assert.deepEqual(play(new Set([3, 5])), { quarantined: [3, 5], crashes: 7 });
});

test('two poison rows apart cost four crashes each', () => {
  assert.deepEqual(play(new Set([0, 7])), { quarantined: [0, 7], crashes: 8 });
});

test('a process killed from outside convicts nobody who then comes through alone', () => {
  const killed = judgeCrash(noCrash, { begun: new Set([1, 2]), ended: new Set([1]) });
  assert.deepEqual(killed, { suspects: [2], quarantined: [], aloneAtDeath: [] });
  const through = judgeCrash(killed, { begun: new Set([2]), ended: new Set([2]) });
  assert.deepEqual(through, noCrash);
});

test('a storm of kills convicts nobody: each comes through alone before it meets three of them', () => {
  let state = judgeCrash(noCrash, { begun: new Set([1, 2]), ended: new Set() });
  for (let kill = 0; kill < 9; kill++) {
    state = judgeCrash(state, { begun: new Set([1]), ended: new Set() });
    state = judgeCrash(state, { begun: new Set([1, 2]), ended: new Set([1]) });
    state = judgeCrash(state, { begun: new Set([1, 2, 3]), ended: new Set([2]) });
    assert.deepEqual(state.quarantined, []);
  }
});

test('a crash with nothing under way suspects nobody', () => {
  assert.deepEqual(judgeCrash(noCrash, { begun: new Set(), ended: new Set() }), noCrash);
});
