import type { Notices } from '../../shared/telemetry/notices.ts';

/** Whoever uses the library hears what they ask for; warnings that nobody asks for go where Node's own go. */
export function libraryNotices({ note, warn }: Partial<Notices>): Notices {
  return {
    note: (line) => note?.(line),
    warn: warn ?? ((line) => process.emitWarning(line, 'EigenfleetWarning')),
  };
}
