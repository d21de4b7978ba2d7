import type { Logger } from '../../shared/telemetry/logger.ts';

/** Warnings about repeated checks: logs one per subject when it differs from the previous one. */
export class ChangedWarnings {
  readonly #said = new Map<string, string>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(subject: string, fields: object, words: string): void {
    const said = JSON.stringify([fields, words]);
    if (this.#said.get(subject) === said) return;
    this.#said.set(subject, said);
    this.#logger.warn(fields, words);
  }

  /** The subject is fine: the next warning is logged, whatever it says. */
  clear(subject: string): void {
    this.#said.delete(subject);
  }
}
