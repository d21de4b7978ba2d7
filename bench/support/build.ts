import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processCpuMs } from './process-cpu.ts';
import { processPeakBytes } from './process-peak.ts';

/** A built checkout that is measured: this one, or that of another commit. */
export interface Build {
  /** Its commit, for people. */
  readonly name: string;
  readonly folder: string;
}

export interface BuildRun {
  readonly output: string;
  readonly wallMs: number;
  /** CPU time, but for that of its last hundredth of a second. Linux only. */
  readonly cpuMs: number;
  /** Peak resident memory of the process, threads included. Linux only. */
  readonly peakBytes: number;
}

/** Runs a program of a build in its folder. Throws with what it printed to stderr when it fails. */
export function runIn(build: Build, args: readonly string[]): Promise<BuildRun> {
  return runProgram(build, process.execPath, args);
}

async function runProgram(
  build: Build,
  program: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<BuildRun> {
  const startedMs = performance.now();
  const child = spawn(program, [...args], {
    cwd: build.folder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.error += chunk;
  });
  const { code, cpuMs, peakBytes } = await watched(child);
  if (code !== 0) {
    throw new Error(`${args.join(' ')} of ${build.name} ended with ${code}: ${text.error}`);
  }
  return { output: text.out, wallMs: performance.now() - startedMs, cpuMs, peakBytes };
}

/** Runs the command line of a build as `npx` does, with the settings of memory that its first line has. */
export function runCommand(build: Build, args: readonly string[]): Promise<BuildRun> {
  const file = join(build.folder, 'bin', 'eigenfleet.js');
  if (process.platform === 'win32') return runIn(build, [file, ...args]);
  return runProgram(build, file, args);
}

/** Runs one of a build's own benches, which are older than this program. */
export function runBench(build: Build, name: string, args: readonly string[]): Promise<BuildRun> {
  return runIn(build, [join('dist', 'bench', `${name}.js`), ...args]);
}

/** The same with the memory settings of the command line, which the first line of its file has: `#!/usr/bin/env -S NAME=VALUE node --flag`. */
export async function runBenchAsCommand(
  build: Build,
  name: string,
  args: readonly string[],
): Promise<BuildRun> {
  const file = await readFile(join(build.folder, 'bin', 'eigenfleet.js'), 'utf8');
  const words = (file.split('\n', 1)[0] ?? '').split(' ').slice(1);
  const flags = words.filter((word) => word.startsWith('--'));
  const settings = words
    .filter((word) => /^[A-Z_]+=/.test(word))
    .map((word) => word.split('=') as [string, string]);
  const bench = join('dist', 'bench', `${name}.js`);
  return runProgram(
    build,
    process.execPath,
    [...flags, bench, ...args],
    Object.fromEntries(settings),
  );
}

async function watched(child: ChildProcess) {
  let [peakBytes, cpuMs] = [0, 0];
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, processPeakBytes(child.pid) ?? 0);
    cpuMs = processCpuMs(child.pid) ?? cpuMs;
  }, 10);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  clearInterval(watch);
  return { code, cpuMs, peakBytes };
}

const helps = new WeakMap<Build, Promise<string>>();

/** Of these flags of `run`, those that a build knows, each with its value: what older builds cannot do, they need not be told to leave out. */
export async function knownFlags(
  build: Build,
  flags: readonly (readonly string[])[],
): Promise<string[]> {
  const help = helps.get(build) ?? runCommand(build, ['run', '--help']).then((run) => run.output);
  helps.set(build, help);
  const known = await help;
  return flags.filter(([flag = '']) => known.includes(positive(flag))).flat();
}

/** `--no-labels` is told of as `--labels` or by itself. */
function positive(flag: string): string {
  return flag.replace(/^--no-/, '--');
}

/** What the maps of components alone cost: no evidence, no box maps, no labels, nothing for average precision. */
export function componentsOnly(build: Build): Promise<string[]> {
  const flags = [['--classes', 'none'], ['--box-maps', '0'], ['--no-labels'], ['--no-candidates']];
  return knownFlags(build, flags);
}
