import { readFileSync } from 'node:fs';

/**
 * Peak resident memory of a living process since it began, in bytes, threads included; `undefined` where the system does not say. Linux only.
 * `VmHWM` of `/proc/<pid>/status`: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export function processPeakBytes(pid: number | 'self' | undefined): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
