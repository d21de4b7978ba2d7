import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  findProbe,
  type ProbeSubject,
  probeOnce,
  readProbes,
} from '../../../src/model/probe/probe-record.ts';
import type { ProbeReport } from '../../../src/model/probe/probe-report.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { tempDir } from '../../support/temp-dir.ts';

const sha256 = 'a'.repeat(64);
const layer = { name: 'model.15', tensor: 'fifteen', channels: 8, gridHeight: 4, gridWidth: 4 };
const subject: ProbeSubject = {
  ...{ name: 'best.onnx', sha256, device: 'cpu', plan: { components: 1 } },
  layers: [{ ...layer, elemType: 'float32' }],
};
const report: ProbeReport = {
  answer: 'agrees',
  layers: [{ layer: 'model.15', reading: 'agrees', maps: 'unchecked' }],
};

function counting(answer: () => ProbeReport | undefined) {
  const probe = {
    times: 0,
    async run() {
      probe.times += 1;
      return answer();
    },
  };
  return probe;
}

test('probes a model once, also when several processes start at once', async () => {
  const cache = { cacheFolder: tempDir() };
  const probe = counting(() => report);
  await Promise.all([1, 2, 3].map(() => probeOnce(subject, probe.run, cache)));
  assert.equal(probe.times, 1);
  const record = await findProbe(sha256, ['fifteen'], cache);
  assert.deepEqual(record?.report, report);
  assert.equal(record.model, 'best.onnx');
  assert.equal(await findProbe(sha256, ['eighteen'], cache), undefined);
});

test('probes again for other layers, settings, devices and files', async () => {
  const cache = { cacheFolder: tempDir() };
  const probe = counting(() => report);
  const others: readonly Partial<ProbeSubject>[] = [
    {},
    { layers: [] },
    { plan: { components: 2 } },
    { device: 'cuda' },
    { sha256: 'b'.repeat(64) },
  ];
  for (const other of others) await probeOnce({ ...subject, ...other }, probe.run, cache);
  assert.equal(probe.times, others.length);
  assert.equal((await readProbes(cache)).length, others.length);
});

test('keeps neither a refusal nor a probe that found nothing out', async () => {
  const cache = { cacheFolder: tempDir() };
  const refusing = counting(() => {
    throw new EigenfleetError('model', 'It is misread.');
  });
  await assert.rejects(probeOnce(subject, refusing.run, cache), /misread/);
  await probeOnce(subject, async () => undefined, cache);
  assert.deepEqual(await readProbes(cache), []);
});

test('probes without a cache where none can be written', async () => {
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  const probe = counting(() => report);
  await probeOnce(subject, probe.run, { cacheFolder: file });
  assert.equal(probe.times, 1);
});
