import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Threads that this process can keep busy: the CPUs it may run on, or fewer where a container's quota is smaller. At least 1.
 * A quota of 2.5 CPUs returns 2: a third thread would use the quota up early, and then the kernel stops all of them at once.
 */
export function availableThreads(): number {
  const quota = cpuQuota() ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(Math.min(availableParallelism(), quota)));
}

/**
 * CPUs' worth of time that the control group of this process may use, such as 1.5; `undefined` without a limit. The strictest
 * limit on the way from the group up to the root counts. Reads cgroup v2 (`cpu.max`) and v1 (`cpu.cfs_quota_us`); see "CPU" in
 * the kernel's cgroup-v2.rst, and sched-bwc.rst for v1.
 *
 * @param root Folder that holds `proc` and `sys`; `/` except in tests.
 */
export function cpuQuota(root = '/'): number | undefined {
  const groups = (readText(join(root, 'proc/self/cgroup')) ?? '').split('\n');
  const limits = groups.flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '') return limitsAbove(join(root, 'sys/fs/cgroup'), path, quotaV2);
    if (!controllers.split(',').includes('cpu')) return [];
    return limitsAbove(join(root, 'sys/fs/cgroup/cpu'), path, quotaV1);
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Limits of a group and of its parents. In a container the path may be the host's, and then only the mount's root exists. */
function limitsAbove(
  mount: string,
  path: string,
  read: (folder: string) => number | undefined,
): number[] {
  const limits: number[] = [];
  for (let group = join('/', path); ; group = dirname(group)) {
    const limit = read(join(mount, group));
    if (limit !== undefined) limits.push(limit);
    if (group === '/') return limits;
  }
}

/** `cpu.max` holds "quota period" in microseconds, or "max period". */
function quotaV2(folder: string): number | undefined {
  const [quota, period] = (readText(join(folder, 'cpu.max')) ?? '').trim().split(' ');
  return ratio(quota, period);
}

/** -1 means no limit. */
function quotaV1(folder: string): number | undefined {
  return ratio(
    readText(join(folder, 'cpu.cfs_quota_us')),
    readText(join(folder, 'cpu.cfs_period_us')),
  );
}

function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  const value = Number(quota) / Number(period);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
