import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { devicesToProbe } from '../../src/cli/doctor/doctor-devices.ts';
import { checkDisk, checkTemporaryFolder } from '../../src/cli/doctor/doctor-machine.ts';
import { checkNode } from '../../src/cli/doctor/doctor-software.ts';
import { candidateDevices } from '../../src/model/runtime/devices.ts';
import { probeInChild } from '../../src/model/runtime/probe-in-child.ts';
import { runDoctor } from '../support/doctor.ts';
import { tempDir } from '../support/temp-dir.ts';

function probeProgram(code: string): string {
  const path = join(tempDir(), 'probe.cjs');
  writeFileSync(path, code);
  return path;
}

describe('doctor', () => {
  it('finds that this machine can run the model on its CPU', async () => {
    const { schema, ready, checks } = JSON.parse(await runDoctor({ json: true }));
    const cpu = checks.find(({ name }: { name: string }) => name === 'device cpu');
    assert.equal(schema, 'doctor@1');
    assert.equal(ready, true);
    assert.equal(cpu.data.status, 'works');
  });

  it('prints one line a check and a verdict, without colors in a pipe', async () => {
    const lines = (await runDoctor({ json: false })).trim().split('\n');
    assert.match(lines[0]!, /^✔ Node +\d+\.\d+\.\d+ on /);
    assert.ok(
      lines.some((line) => /^✔ images +sharp .* reads JPEG, PNG, WebP, TIFF, GIF/.test(line)),
    );
    assert.match(lines.at(-1)!, /^eigenfleet can run here, on: .*cpu/);
  });

  it('says which Node to install where it is too old', () => {
    assert.equal(checkNode('20.19.0').status, 'ok');
    assert.equal(checkNode('24.0.0').status, 'ok');
    const old = checkNode('20.18.3');
    assert.equal(old.status, 'problem');
    assert.equal(old.remedy, 'install Node 20.19 or newer.');
  });

  it('calls a temporary folder that cannot be written a problem', async () => {
    assert.equal((await checkTemporaryFolder(tempDir())).status, 'ok');
    const missing = await checkTemporaryFolder(join(tempDir(), 'missing'));
    assert.equal(missing.status, 'problem');
    assert.match(missing.says, /missing cannot be written/);
  });

  it('survives a current folder that is gone', async () => {
    assert.equal((await checkDisk(join(tempDir(), 'gone'))).status, 'note');
  });
});

describe('the probe of a device', () => {
  it('covers what --device auto tries on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      assert.deepEqual(devicesToProbe(platform), candidateDevices(platform));
    }
  });

  it('passes on what the child found', async () => {
    const program = probeProgram(
      `process.send({ status: 'works', device: process.argv[2], ms: 1 }); setInterval(() => {}, 1000);`,
    );
    assert.deepEqual(await probeInChild('webgpu', program), {
      status: 'works',
      device: 'webgpu',
      ms: 1,
    });
  });

  it('takes a driver that kills the process for a device that is not available', async () => {
    const probe = await probeInChild('webgpu', probeProgram('process.abort();'));
    assert.equal(probe.status, 'unavailable');
    assert.match(probe.status === 'unavailable' ? probe.reason : '', /ended with signal SIGABRT/);
  });
});
