import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  candidateDevices,
  chooseDevice,
  parseDevice,
  probeDevice,
} from '../../../src/model/runtime/devices.ts';
import { createExplainSession } from '../../../src/model/session/explain-session.ts';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { toyModel } from '../../support/toy-model.ts';

/** A device that this platform cannot have. */
const absent = process.platform === 'darwin' ? 'dml' : 'coreml';

describe('devices', () => {
  it('are read from the command line', () => {
    assert.equal(parseDevice('auto'), 'auto');
    assert.equal(parseDevice('CPU'), 'cpu');
    assert.equal(parseDevice('cuda'), 'cuda:0');
    assert.equal(parseDevice('cuda:3'), 'cuda:3');
    assert.equal(parseDevice('webgpu'), 'webgpu');
    for (const text of ['gpu', 'cuda:', 'cuda:x', 'cpu:1', '']) {
      assert.throws(() => parseDevice(text), { code: 'usage', message: /use one of auto, cpu/ });
    }
  });

  it('work when a small graph runs on them', async () => {
    const probe = await probeDevice('cpu');
    assert.equal(probe.status, 'works');
    assert.ok(probe.ms > 0);
  });

  it('are unavailable with a reason and a remedy when it does not', async () => {
    const probe = await probeDevice(absent);
    assert.equal(probe.status, 'unavailable');
    assert.ok(probe.reason.length > 0 && !probe.reason.includes('\n'));
    assert.match(probe.remedy, /use --device cpu/);
  });

  it('are refused in one sentence when asked for and not there', async () => {
    const refusal = { code: 'device', message: new RegExp(`^The device ${absent} cannot be used`) };
    await assert.rejects(chooseDevice(absent), refusal);
    const augmented = toyModel({ gridHeight: 4, gridWidth: 4, components: 1 });
    await assert.rejects(createExplainSession({ augmented, device: absent, threads: 1 }), refusal);
  });

  it('are chosen best first by auto, which says what it took and what was missing', async () => {
    const { device, probes, sentence } = await chooseDevice('auto');
    const candidates = candidateDevices(process.platform);
    assert.deepEqual(
      probes.map((probe) => probe.device),
      candidates.slice(0, candidates.indexOf(device) + 1),
    );
    assert.match(sentence, new RegExp(`^Runs on ${device}`));
    for (const probe of probes.slice(0, -1)) assert.ok(sentence.includes(probe.device));
  });

  it('end with the CPU on every platform', () => {
    for (const platform of ['linux', 'win32', 'darwin', 'freebsd'] as const) {
      assert.equal(candidateDevices(platform).at(-1), 'cpu');
    }
  });

  it('report a model that ONNX Runtime refuses as the model being wrong', async () => {
    const toy = toyModel({ gridHeight: 4, gridWidth: 4, components: 1 });
    const augmented = { ...toy, bytes: toy.bytes.subarray(0, toy.bytes.length - 9) };
    const opening = createExplainSession({ augmented, device: 'cpu', threads: 1 });
    await assert.rejects(opening, (error) => {
      assert.ok(error instanceof EigenfleetError);
      return error.code === 'model';
    });
  });
});
