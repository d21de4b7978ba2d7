import { processPeakBytes } from './process-peak.ts';

const marks = [0.25, 0.5, 0.75, 1] as const;

/** Resident memory of this process at a quarter, a half, three quarters and the end of each phase of its work. */
export class PhaseMemory {
  readonly #total: number;
  readonly #phases = new Map<string, number[]>();

  /** @param total What counts as the end of a phase. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Says how far a phase is. Cheap: memory is read when a mark is passed. */
  note(phase: string, done: number): void {
    const samples = this.#phases.get(phase) ?? [];
    this.#phases.set(phase, samples);
    while (samples.length < marks.length && done >= marks[samples.length]! * this.#total) {
      samples.push(process.memoryUsage.rss());
    }
  }

  /** One line a phase. A phase whose end was not told has a sample less. */
  table(): string {
    const heads = marks.map((mark) => `${mark * 100} %`.padStart(7)).join('');
    const lines = [...this.#phases].map(
      ([phase, samples]) =>
        `  ${phase.padEnd(13)}${samples.map((bytes) => megabytes(bytes).padStart(7)).join('')}`,
    );
    return [`resident MB at ${heads}`, ...lines].join('\n');
  }

  /** Since the process began; the largest sample where the system does not say. */
  peakMegabytes(): string {
    const sampled = Math.max(0, ...[...this.#phases.values()].flat());
    return megabytes(Math.max(sampled, processPeakBytes('self') ?? 0));
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
