import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { availableThreads, cpuQuota } from '../../../src/shared/host/threads/cpu-quota.ts';
import { tempDir } from '../../support/temp-dir.ts';

function machine(files: Readonly<Record<string, string>>): string {
  const root = tempDir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('the CPU quota', () => {
  it('is read from cpu.max of cgroup v2', () => {
    const root = machine({
      'proc/self/cgroup': '0::/\n',
      'sys/fs/cgroup/cpu.max': '150000 100000\n',
    });
    assert.equal(cpuQuota(root), 1.5);
  });

  it('is the strictest of the group and its parents', () => {
    const root = machine({
      'proc/self/cgroup': '0::/pod/container\n',
      'sys/fs/cgroup/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/pod/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/pod/container/cpu.max': '400000 100000\n',
    });
    assert.equal(cpuQuota(root), 2);
  });

  it('is read from the mount where the path is that of the host', () => {
    const root = machine({
      'proc/self/cgroup': '7:cpu,cpuacct:/docker/0123\n3:memory:/docker/0123\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    assert.equal(cpuQuota(root), 0.5);
  });

  it('is absent when the kernel says max, -1 or nothing', () => {
    const v2 = machine({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' });
    const v1 = machine({
      'proc/self/cgroup': '1:cpu:/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    assert.equal(cpuQuota(v2), undefined);
    assert.equal(cpuQuota(v1), undefined);
    assert.equal(cpuQuota(tempDir()), undefined);
  });
});

describe('the available threads', () => {
  it('are at least one and no more than the CPUs', () => {
    const threads = availableThreads();
    assert.ok(Number.isInteger(threads) && threads >= 1 && threads <= availableParallelism());
  });
});
