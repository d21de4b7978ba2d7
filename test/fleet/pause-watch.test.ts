import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PauseWatch } from '../../src/fleet/pause-watch.ts';
import { createLogger } from '../../src/shared/telemetry/logger.ts';

type Paused = ('shards' | 'summaries')[];

/** What a service logs when it looks at these seconds and finds this. */
async function saidAt(looks: readonly (readonly [second: number, paused: Paused])[]) {
  const said: string[] = [];
  const sink = { write: (line: string) => void said.push(JSON.parse(line).msg) };
  const logger = createLogger({ level: 'info', component: 'worker', sink });
  let paused: Paused = [];
  const watch = new PauseWatch({ queues: { paused: async () => paused }, redis, logger });
  for (const [second, found] of looks) {
    paused = found;
    await watch.look(second * 1000);
  }
  return { said, awaited: watch.awaited };
}

const redis = { awaited: undefined };

describe('a service whose queue is paused', () => {
  it('says so once, once a minute while it lasts, and once that it was resumed', async () => {
    const { said } = await saidAt([
      [0, []],
      [5, ['shards']],
      [10, ['shards']],
      [64, ['shards']],
      [65, ['shards']],
      [70, ['shards']],
      [75, []],
      [80, []],
    ]);
    const words =
      'The queue of shards is paused, and no worker takes a shard. Resume it under Queues of "eigenfleet dashboard --manage".';
    assert.deepEqual(said, [
      words,
      `For 1 min 00 s now: ${words}`,
      'The queue of shards was resumed.',
    ]);
  });

  it('tells its probes what it waits for', async () => {
    const { awaited } = await saidAt([[0, ['summaries']]]);
    assert.match(awaited ?? '', /^The queue of summaries is paused, and no run gets its summary/);
    assert.equal((await saidAt([[0, []]])).awaited, undefined);
  });
});
