import { readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second. */
const msPerTick = 10;

/**
 * CPU time that a living process and its threads have taken so far, in milliseconds; `undefined` where there is no such process any more. Linux only.
 * Fields 14 and 15 of `/proc/<pid>/stat`: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function processCpuMs(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program comes in parentheses and may hold spaces.
    const [userTicks, systemTicks] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(userTicks) + Number(systemTicks)) * msPerTick;
  } catch {
    return undefined;
  }
}
