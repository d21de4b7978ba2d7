import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { writeAudit } from '../../src/audit/home/stored-audits.ts';
import { listNights } from '../../src/audit/night/stored-nights.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import type { RunningCli } from '../support/cli.ts';
import { manyImages, quickModel, startFleet } from '../support/fleet.ts';
import { madeAudit } from '../support/made-audit.ts';
import { tempDir } from '../support/temp-dir.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('two coordinators of the same audits', async () => {
  const fleet = await startFleet();
  const folder = tempDir();
  const [home, out] = ['home', 'results'].map((name) => openStore(join(folder, name)));
  const images = await manyImages(3);

  it('have each night run once, though one is killed, Redis is wiped, and workers come late', async () => {
    // Two dates have passed, half an hour ago the last one.
    const last = new Date(Date.now() - 30 * minute);
    const scheduledAt = new Date(last.getTime() - day - minute).toISOString();
    await writeAudit(home!, {
      ...madeAudit({ images, model: quickModel[1], out: out!.uri, labels: false }),
      ...{
        options: { imgsz: 64 },
        catchUp: 'all',
        incremental: true,
        addedAt: scheduledAt,
        scheduledAt,
      },
      cron: `${last.getUTCMinutes()} ${last.getUTCHours()} * * *`,
    });
    const coordinators = await Promise.all([begun(), begun()]);
    await Promise.race(coordinators.map((one) => one.line(/night planned/)));
    const [planned, ...more] = await listNights(home!, 'cells');
    assert.deepEqual([planned?.status, more.length], ['planned', 0]);
    const [killed, other] = byHolder(coordinators, planned?.coordinator);
    killed.kill('SIGKILL');
    await killed.result;
    const redis = new Redis(fleet.redis.url);
    await redis.flushall();
    redis.disconnect();
    // The second night has another image.
    await copyFile(join(images, '0000.jpg'), join(images, '0003.jpg'));
    await fleet.worker();
    await other.line(new RegExp(`"night":"${keyOf(last)}".*"night settled"`));
    const nights = await listNights(home!, 'cells');
    assert.deepEqual(
      nights.map(({ key, status, images: of }) => [key, status, of?.explained, of?.carried]),
      [
        [keyOf(new Date(last.getTime() - day)), 'closed', 3, 0],
        [keyOf(last), 'closed', 1, 3],
      ],
    );
    assert.equal(nights[0]?.runId, planned?.runId);
    assert.notEqual(nights[0]?.runId, nights[1]?.runId);
    const folders: string[] = [];
    for await (const name of out!.listFolders('')) folders.push(name);
    const runs = nights.map(({ runId }) => runId);
    assert.deepEqual(
      folders.filter((name) => !['names', 'models'].includes(name)).sort(),
      runs.sort(),
    );
  });

  async function begun(): Promise<RunningCli> {
    return fleet.auditor(home!.uri);
  }
});

function byHolder(coordinators: readonly RunningCli[], holder = ''): [RunningCli, RunningCli] {
  const [one, two] = coordinators as [RunningCli, RunningCli];
  return holder.endsWith(`:${one.process.pid}`) ? [one, two] : [two, one];
}

function keyOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
