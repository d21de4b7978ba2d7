import type { Logger } from '../../shared/telemetry/logger.ts';

/** Warnings of what is looked at again and again: of each subject, one is written when it differs from the one before. */
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

  /** All is well with it: the next warning is news, whatever it says. */
  clear(subject: string): void {
    this.#said.delete(subject);
  }
}
