/**
 * Detects a worker that has gone deaf: jobs wait, it is idle, and yet it takes none (seen with queue clients after a lost
 * connection). The processor reports jobs to it, a probe reports how many wait.
 */
export class SilentQueueWatch {
  readonly #now: () => number;
  #running = 0;
  #silentSinceMs: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  jobTaken(): void {
    this.#running++;
    this.#silentSinceMs = undefined;
  }

  jobSettled(): void {
    this.#running--;
    this.#silentSinceMs = undefined;
  }

  get idle(): boolean {
    return this.#running === 0;
  }

  /**
   * Returns for how many milliseconds jobs have waited while none was taken; 0 when all is well.
   *
   * @param waiting Jobs that any worker could take now: waiting and prioritized.
   */
  look(waiting: number): number {
    if (!this.idle || waiting === 0) this.#silentSinceMs = undefined;
    else this.#silentSinceMs ??= this.#now();
    return this.#silentSinceMs === undefined ? 0 : this.#now() - this.#silentSinceMs;
  }
}
