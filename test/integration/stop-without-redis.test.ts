import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { interruptedExitCode } from '../../src/cli/terminal/interrupt.ts';
import { startFleet } from '../support/fleet.ts';

test('workers that are told to stop while Redis is away end in time, or at once when told twice', async () => {
  const fleet = await startFleet();
  const workers = await Promise.all([
    fleet.worker(['--grace', '1']),
    fleet.worker(['--grace', '600']),
  ]);
  await fleet.redis.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.line(/Redis is away/)));
  const [patient, impatient] = workers;
  const signal = AbortSignal.timeout(30_000);
  const exits = workers.map((worker) => once(worker.process, 'exit', { signal }));
  patient.kill('SIGTERM');
  impatient.kill('SIGTERM');
  await impatient.line(/stopping: no new shards/);
  impatient.kill('SIGTERM');
  const [code, killedBy] = await exits[1]!;
  assert.equal(killedBy, null);
  // 0 when the second signal finds nothing to wait for: its connections were between two attempts, and it held no shard.
  assert.ok(code === interruptedExitCode || code === 0, `ended with ${code}`);
  assert.equal(patient.process.exitCode, null);
  assert.deepEqual(await exits[0], [interruptedExitCode, null]);
  assert.match((await patient.result).stderr, /not stopped in time, Redis is away/);
});
