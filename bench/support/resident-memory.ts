import { readFileSync } from 'node:fs';
import { processPeakBytes } from './process-peak.ts';

const sampleMs = 500;

/** Resident memory of another process while it works, sampled twice a second. Linux only. */
export class ResidentMemory {
  readonly #pid: number | undefined;
  readonly #samples: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  constructor(pid: number | undefined) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** Since the process began. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Means of `parts` equal parts of the time until now. */
  means(parts: number): number[] {
    return Array.from({ length: parts }, (_, part) => {
      const at = (share: number): number => Math.floor((this.#samples.length * share) / parts);
      const slice = this.#samples.slice(at(part), at(part + 1));
      return slice.reduce((sum, bytes) => sum + bytes, 0) / slice.length;
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#peakBytes = Math.max(this.#peakBytes, processPeakBytes(this.#pid) ?? 0);
    try {
      // Pages of 4 KiB: https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html
      const pages = readFileSync(`/proc/${this.#pid}/statm`, 'utf8').split(' ')[1];
      this.#samples.push(Number(pages) * 4096);
    } catch {
      // It has ended.
    }
  }
}
