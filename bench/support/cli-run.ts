import { spawn } from 'node:child_process';
import { processCpuMs } from './process-cpu.ts';
import { processPeakBytes } from './process-peak.ts';

export interface CliRun {
  readonly wallMs: number;
  /** Peak resident memory of the process; threads included, and there are no other processes. Linux only. */
  readonly peakBytes: number;
  /** CPU time, but for that of its last tenth of a second. Linux only. */
  readonly cpuMs: number;
  /** What it printed to stdout. */
  readonly output: string;
}

/** Runs the command line as a person does, and watches its memory. Throws when it fails. */
export async function runCli(args: readonly string[]): Promise<CliRun> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['bin/eigenfleet.js', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let peakBytes = 0;
  let cpuMs = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, processPeakBytes(child.pid) ?? 0);
    cpuMs = processCpuMs(child.pid) ?? cpuMs;
  }, 100);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  clearInterval(watch);
  if (code !== 0) throw new Error(`eigenfleet ${args.join(' ')} ended with ${code}`);
  return { wallMs: performance.now() - startedMs, peakBytes, cpuMs, output };
}
