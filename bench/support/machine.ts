import { cpus, loadavg, totalmem } from 'node:os';
import { softwareVersions } from '../../src/shared/host/software-versions.ts';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';

/** What a number was measured on; the first lines of every bench. */
export function machineLines(): string[] {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const load = (loadavg()[0] ?? 0).toFixed(2);
  const versions = Object.entries(softwareVersions()).map(
    ([name, version]) => `${name} ${version}`,
  );
  return [
    `machine   ${model}, ${availableThreads()} threads, ${memory} GiB, load ${load} at the start`,
    `versions  ${versions.join(', ')}`,
  ];
}
