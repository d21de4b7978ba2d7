import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { locateRun } from '../../../../src/shared/run/places/locate-run.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Two runs in one results folder; the older one has a name. */
async function results(): Promise<string> {
  const folder = await tempDir();
  for (const [runId, day] of [
    ['old-1', '01'],
    ['new-2', '02'],
  ]) {
    await mkdir(join(folder, `${runId}/manifest`), { recursive: true });
    const dataset = {
      ...{ rootUri: 'file:///data', source: 'data', name: 'blood', images: 24, shards: 1 },
      ...{ sizeBytes: 1, digest: 'd' },
    };
    const plannedAt = `2026-01-${day}T00:00:00.000Z`;
    const run = { schema: 'run@2', runId, plannedAt, dataset };
    await writeFile(join(folder, `${runId}/run.json`), JSON.stringify(run));
    await writeFile(join(folder, `${runId}/manifest/0000000.jsonl`), '');
  }
  await mkdir(join(folder, 'names'));
  const name = { schema: 'name@1', name: 'before', runId: 'old-1' };
  await writeFile(join(folder, 'names/before.json'), JSON.stringify(name));
  return folder;
}

async function located(reference: string, out: string) {
  const { runId, name } = await locateRun(reference, { out });
  return name === undefined ? runId : `${runId} called ${name}`;
}

describe('locateRun', () => {
  it('looks a name, an id and latest up where the results are', async () => {
    const out = await results();
    assert.equal(await located('before', out), 'old-1 called before');
    assert.equal(await located('old-1', out), 'old-1');
    assert.equal(await located('new', out), 'new-2');
    assert.equal(await located('latest', out), 'new-2');
  });

  it('takes the folder of a run, its report, a name in a results folder, and the newest of a results folder', async () => {
    const folder = await results();
    assert.equal(await located(join(folder, 'old-1'), 'nowhere'), 'old-1');
    assert.equal(await located(`${join(folder, 'old-1')}/`, 'nowhere'), 'old-1');
    assert.equal(await located(join(folder, 'old-1/report.html'), 'nowhere'), 'old-1');
    assert.equal(await located(join(folder, 'before'), 'nowhere'), 'old-1 called before');
    assert.equal(await located(folder, 'nowhere'), 'new-2');
  });

  it('says which runs there are where none is meant', async () => {
    const out = await results();
    await assert.rejects(located('after', out), /"after" is not a run in .*; there are: new-2/);
    await assert.rejects(located(join(out, 'missing'), out), /There is no run in .*missing: name/);
  });
});
