import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SummaryWatch } from '../../../src/cli/follow/summary-watch.ts';

/** What is said at which second, over two minutes. */
function saidOver(look: (second: number) => { settled: boolean; coordinatorAlive: boolean }) {
  const watch = new SummaryWatch();
  return Array.from({ length: 120 }, (_, second) => second).flatMap((second) => {
    const words = watch.look(look(second), second * 1000);
    return words === undefined ? [] : [{ second, words }];
  });
}

describe('whoever follows a run', () => {
  it('is told once that no coordinator is alive, and once that nobody summarizes', () => {
    const said = saidOver((second) => ({ settled: second >= 50, coordinatorAlive: false }));
    assert.deepEqual(
      said.map(({ second }) => second),
      [30, 80],
    );
    assert.match(said[0]?.words ?? '', /^No coordinator is alive.*"eigenfleet coordinator"/);
    assert.match(
      said[1]?.words ?? '',
      /no coordinator is alive to summarize them: start one with "eigenfleet coordinator"/,
    );
  });

  it('is told where to look when a coordinator is alive and no summary comes', () => {
    const [only, ...more] = saidOver(() => ({ settled: true, coordinatorAlive: true }));
    assert.equal(only?.second, 30);
    assert.match(only.words, /a coordinator is alive.*the log of the coordinator/);
    assert.deepEqual(more, []);
  });

  it('is told nothing while all goes well, or is away for a moment', () => {
    assert.deepEqual(
      saidOver((second) => ({ settled: second >= 100, coordinatorAlive: second % 20 > 2 })),
      [],
    );
  });
});
