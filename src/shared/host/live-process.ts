import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { systemCode } from './storage-error.ts';

/** Identifies a process among all others, later ones with the same number included. Empty where the system does not say. */
export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** Changes when the machine restarts. */
  bootId: z.string(),
  /** Numbers of processes mean the same only within one namespace: containers have their own. */
  pidNamespace: z.string(),
  /** Clock ticks from the boot to the start of the process. */
  startedTicks: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

export async function thisProcess(): Promise<ProcessIdentity> {
  const [bootId, pidNamespace, startedTicks] = await Promise.all([
    orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orEmpty(readlink('/proc/self/ns/pid')),
    startedTicksOf(process.pid),
  ]);
  return { pid: process.pid, host: hostname(), bootId, pidNamespace, startedTicks };
}

/** `unknown` for a process of another machine or container, which is invisible from here. */
export async function isAlive(other: ProcessIdentity): Promise<'yes' | 'no' | 'unknown'> {
  const here = await thisProcess();
  if (other.host !== here.host) return 'unknown';
  if (other.bootId !== here.bootId) return 'no';
  if (other.pidNamespace !== here.pidNamespace) return 'unknown';
  if (!answersSignals(other.pid)) return 'no';
  // The start time, where readable, distinguishes a later process with the same number.
  const startedTicks = await startedTicksOf(other.pid);
  return startedTicks === other.startedTicks ? 'yes' : 'no';
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return systemCode(error) === 'EPERM';
  }
}

/**
 * Field 22 of /proc/<pid>/stat; empty when it cannot be read. The second field is a name in brackets that may hold anything, so the
 * fields are counted from the last bracket. A zombie has ended and only waits for its parent (a container without an init keeps it for good). See proc(5).
 */
async function startedTicksOf(pid: number): Promise<string> {
  const stat = await orEmpty(readFile(`/proc/${pid}/stat`, 'utf8'));
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? 'ended' : (rest[18] ?? '');
}

async function orEmpty(text: Promise<string>): Promise<string> {
  return text.then(
    (read) => read.trim(),
    () => '',
  );
}
