import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { writeAudit } from '../../src/audit/home/stored-audits.ts';
import { nightAlpha } from '../../src/audit/night/check-night.ts';
import { type Night, nightSchema } from '../../src/audit/night/night.ts';
import { verdictSchema } from '../../src/report/summary/verdict-schema.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { type CellCrop, cellCrops, darkened } from '../support/cell-crops.ts';
import { startClockedCoordinator } from '../support/clocked-coordinator.ts';
import { quickModel, startFleet } from '../support/fleet.ts';
import { madeAudit } from '../support/made-audit.ts';
import { awsEnvironment, useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';
import { withWeights } from '../support/spoilt-model.ts';

/** Images that come each day, 64 px of which the model sees. */
const daily = 16;

describe('a week of nightly audits', async () => {
  const credentials = useTestCredentials();
  const s3 = await startS3Server();
  after(() => s3.close());
  s3.createBucket('week');
  const env = awsEnvironment(credentials, s3.endpoint);
  const fleet = await startFleet(env);
  const bucket = openStore('s3://week', { s3Endpoint: s3.endpoint });
  const home = 's3://week/home';
  const model = await readFile(quickModel[1]);
  const worse = Buffer.from(withWeights(model, /^model\.22\.cv3\.\d\.2\.bias$/, -9));
  const start = () =>
    startClockedCoordinator({ url: fleet.redis.url, home, now: timeOf(1, 0), env });
  let coordinator = start();
  const nights: Night[] = [];

  it('has each night run once and in its order, though coordinators are killed, Redis is wiped and no worker is there', async () => {
    const crops = await cellCrops(7 * daily, 128, 5);
    const of = (day: number) => crops.slice((day - 1) * daily, day * daily);
    await writeAudit(openStore(home, { s3Endpoint: s3.endpoint }), {
      ...madeAudit({ images: 's3://week/data/images', out: 's3://week/results' }),
      ...{ model: 's3://week/models/best-*.onnx', baseline: 'previous', incremental: true },
      ...{ rules: { text: rules, file: 'cells.yaml' }, options },
    });
    s3.put('week/models/best-0001.onnx', model, timeOf(1, 0));
    const worker = await fleet.worker();

    bring(1, of(1));
    await beginning(1);
    nights.push(await night(1, isTold));

    // It dies when the plan is stored and no shard is queued.
    s3.fail({ match: /^results\/names\//, operation: 'put', with: 'stall', times: 1 });
    bring(2, of(2));
    await beginning(2);
    await put(/\/results\/names\//);
    await another(2);
    nights.push(await night(2, isTold));

    worker.kill('SIGTERM');
    await worker.result;
    bring(3, of(3));
    await beginning(3);
    await coordinator.said(/"night":"2026-12-03".*night planned/);
    const redis = new Redis(fleet.redis.url);
    after(() => redis.disconnect());
    const queues = new FleetQueues(redis);
    // What wakes workers.
    const { shards } = await queues.depth();
    assert.ok(shards.prioritized > 0);
    assert.equal(await redis.flushall(), 'OK');
    coordinator.at(timeOf(3, 14));
    await fleet.worker();
    nights.push(await night(3, isTold));

    bring(4, await darkened(of(4)));
    await beginning(4);
    nights.push(await night(4, isTold));

    for (let n = 0; n < daily; n++) {
      for (const key of keysOf(4, n)) await bucket.delete(key);
    }
    bring(5, of(5));
    await beginning(5);
    nights.push(await night(5, isTold));

    s3.put('week/models/best-0002.onnx', worse, timeOf(6, 0));
    bring(6, of(6));
    await beginning(6);
    nights.push(await night(6, isTold));

    await bucket.delete('models/best-0002.onnx');
    bring(7, of(7));
    await beginning(7);
    const { runId } = await night(7, isPlanned);
    // It dies when the verdict is published and the record does not say so.
    const record = /\/nights\/2026-12-07\.json$/;
    s3.fail({ match: record, operation: 'put', with: 'stall', times: 1 });
    await put(record);
    assert.ok(s3.objects.has(`week/results/${runId}/verdict.json`));
    await another(7);
    nights.push(await night(7, isTold));

    assert.deepEqual(
      nights.map(({ key, trigger, status }) => `${key} ${trigger} ${status}`),
      [1, 2, 3, 4, 5, 6, 7].map((day) => `${dateOf(day)} schedule closed`),
    );
    assert.deepEqual(storedNights(), nights.map(({ key }) => key).sort());
    const runs = [...s3.objects.keys()].flatMap(
      (key) => /^week\/results\/([^/]+)\/run\.json$/.exec(key)?.[1] ?? [],
    );
    assert.deepEqual(runs.sort(), nights.map((one) => one.runId).sort());
  });

  it('explains on each night what is new, all by another model, and when that is rolled back what is new since the last run of the one before', () => {
    assert.deepEqual(
      nights.map(({ images: of }) => [of?.explained, of?.carried, of?.removed]),
      [
        [daily, 0, 0],
        [daily, daily, 0],
        [daily, 2 * daily, 0],
        [daily, 3 * daily, 0],
        [daily, 3 * daily, daily],
        [5 * daily, 0, 0],
        [2 * daily, 4 * daily, 0],
      ],
    );
  });

  it('finds the drift of day 4 and the model of day 6 on their days, says which, and passes the others', () => {
    assert.deepEqual(
      nights.map(({ verdict }) => verdict?.outcome),
      ['pass', 'pass', 'pass', 'fail', 'pass', 'fail', 'pass'],
    );
    const [drifted, spoiled, after] = [nights[3], nights[5], nights[6]];
    assert.deepEqual(drifted?.verdict?.failed, ['drift: none']);
    assert.match(drifted?.verdict?.sentence ?? '', /images are darker: brightness/);
    assert.deepEqual(spoiled?.verdict?.failed, ['recall >= 0.5']);
    assert.match(spoiled?.verdict?.sentence ?? '', /recall is 0\.1\d* .* must be at least 0\.5/);
    const first = sha256Of(model);
    assert.deepEqual(
      [spoiled?.model?.name, spoiled?.model?.changedFrom],
      ['best-0002.onnx', first],
    );
    assert.deepEqual([after?.model?.name, after?.model?.sha256], ['best-0001.onnx', first]);
    assert.equal(after?.model?.changedFrom, sha256Of(worse));
  });

  it('tests the new images of a night against the last night that passed, thirty nights sharing one false alarm rate', () => {
    assert.equal(nightAlpha, 0.05 / 30);
    const runs = nights.map(({ runId }) => runId);
    assert.deepEqual(
      nights.map(({ baseline }) => baseline),
      [undefined, runs[0], runs[1], runs[2], runs[2], runs[4], runs[4]],
    );
    for (const one of [1, 2, 4, 6].map((n) => nights[n])) {
      const stored = s3.objects.get(`week/results/${one?.runId}/verdict.json`)?.toString() ?? '';
      const said = verdictSchema.parse(JSON.parse(stored)).rules.at(-1)?.sentence ?? '';
      assert.match(said, new RegExp(`^No drift in \\d+ measures over ${daily} new images`));
    }
  });

  function bring(day: number, crops: readonly CellCrop[]): void {
    for (const [n, { image, labels }] of crops.entries()) {
      const [imageKey, labelKey] = keysOf(day, n);
      s3.put(`week/${imageKey}`, image);
      s3.put(`week/${labelKey}`, labels);
    }
  }

  /** A minute after the audit is due. */
  async function beginning(day: number): Promise<void> {
    coordinator.at(timeOf(day, 2));
  }

  /** The coordinator is killed, and another follows. */
  async function another(day: number): Promise<void> {
    await coordinator.kill();
    s3.heal();
    coordinator = start();
    coordinator.at(timeOf(day, 2));
  }

  async function night(day: number, isReady: (night: Night) => boolean): Promise<Night> {
    for (;;) {
      const text = s3.objects.get(`week/home/cells/nights/${dateOf(day)}.json`)?.toString();
      const stored = text === undefined ? undefined : nightSchema.parse(JSON.parse(text));
      if (stored !== undefined && isReady(stored)) return stored;
      await put(/./);
    }
  }

  /** Waits for the next object of this kind that is put. */
  async function put(pattern: RegExp): Promise<void> {
    do await Promise.race([s3.nextRequest('put'), coordinator.ended]);
    while (!pattern.test(s3.requests.at(-1) ?? ''));
  }

  function storedNights(): string[] {
    const found = [...s3.objects.keys()].map((key) => /\/nights\/(.+)\.json$/.exec(key)?.[1]);
    return found.flatMap((key) => key ?? []).sort();
  }
});

const rules = `rules:
  - failed <= 0
  - {figure: recall, at least: 0.5, min: 5}
  - drift: none
`;
/** What costs time and is not looked at here is left out. */
const options = {
  ...{ imgsz: 64, conf: 0.1, overlays: 'none', boxMaps: 0, classes: 'none', candidates: false },
  ...{ layers: '15', maps: false },
};

const isTold = ({ announced }: Night) => announced !== undefined;
const isPlanned = ({ status }: Night) => status === 'planned';

function dateOf(day: number): string {
  return `2026-12-0${day}`;
}

/** A minute past the hour; the audit is due at 2. */
function timeOf(day: number, hour: number): Date {
  return new Date(`${dateOf(day)}T${String(hour).padStart(2, '0')}:01:00Z`);
}

function keysOf(day: number, n: number): [string, string] {
  const name = `day${day}-${String(n).padStart(2, '0')}`;
  return [`data/images/${name}.png`, `data/labels/${name}.txt`];
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
