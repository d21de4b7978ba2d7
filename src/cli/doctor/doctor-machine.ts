import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { availableThreads, cpuQuota } from '../../shared/host/threads/cpu-quota.ts';
import { showsColors } from '../terminal/colors.ts';
import type { DoctorCheck } from './doctor-check.ts';

const gigabyte = 1e9;

/** What a run at 640 px needs with room to spare; see docs/performance.md. */
const comfortableMemory = gigabyte;
const comfortableDisk = gigabyte;

/** Threads, memory, disk, temporary folder and terminal. */
export async function checkMachine(): Promise<DoctorCheck[]> {
  return [
    checkThreads(),
    checkMemory(),
    await checkDisk(process.cwd()),
    await checkTemporaryFolder(tmpdir()),
    checkTerminal(),
  ];
}

function checkThreads(): DoctorCheck {
  const threads = availableThreads();
  const cpus = availableParallelism();
  const quota = cpuQuota();
  const limit = quota === undefined ? '' : `, limited to ${round(quota)} by the container`;
  return {
    name: 'threads',
    status: 'ok',
    says: `${threads} (${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}${limit})`,
    data: { threads, cpus, quota },
  };
}

/** `constrainedMemory` is 0, or more than there is, where no limit is set. */
function checkMemory(): DoctorCheck {
  const machine = totalmem();
  const limit = process.constrainedMemory();
  const limited = limit > 0 && limit < machine;
  const total = limited ? limit : machine;
  const free = process.availableMemory();
  const source = limited ? ', the limit of the container' : '';
  const base = { name: 'memory', data: { totalBytes: total, freeBytes: free, limited } };
  const says = `${gigabytes(free)} free of ${gigabytes(total)}${source}`;
  if (free >= comfortableMemory) return { ...base, status: 'ok', says };
  const remedy = 'a run at 640 px needs about 1 GB; close something, or use --batch 1 --threads 1.';
  return { ...base, status: 'note', says, remedy };
}

/** @param folder Results are usually written below the current folder. */
export async function checkDisk(folder: string): Promise<DoctorCheck> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const freeBytes = bavail * bsize;
    const base = { name: 'disk', data: { folder, freeBytes } };
    const says = `${gigabytes(freeBytes)} free in the current folder`;
    if (freeBytes >= comfortableDisk) return { ...base, status: 'ok', says };
    const remedy = 'point --out at a larger disk, or use --no-maps and --overlays none.';
    return { ...base, status: 'note', says, remedy };
  } catch (error) {
    const says = `the current folder cannot be examined: ${messageOf(error)}`;
    const remedy = 'change to an existing folder that you may read.';
    return { name: 'disk', status: 'note', says, remedy, data: { folder } };
  }
}

/** @param folder Where the system wants temporary files. */
export async function checkTemporaryFolder(folder: string): Promise<DoctorCheck> {
  const base = { name: 'temporary files', data: { folder } };
  try {
    const trial = await mkdtemp(join(folder, 'eigenfleet-doctor-'));
    await writeFile(join(trial, 'trial'), 'trial');
    await rm(trial, { recursive: true });
    return { ...base, status: 'ok', says: `${folder} can be written` };
  } catch (error) {
    const says = `${folder} cannot be written: ${messageOf(error)}`;
    return {
      ...base,
      status: 'problem',
      says,
      remedy: 'point TMPDIR at a folder that you may write.',
    };
  }
}

function checkTerminal(): DoctorCheck {
  const terminal = process.stdout.isTTY === true;
  const color = showsColors(process.stdout);
  const says = terminal
    ? `${color ? 'colors' : 'no colors'}, progress as a bar`
    : 'output goes to a file or a pipe: plain lines, no colors';
  return { name: 'terminal', status: 'ok', says, data: { terminal, color } };
}

function gigabytes(bytes: number): string {
  return `${round(bytes / gigabyte)} GB`;
}

function round(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toFixed(1)));
}
