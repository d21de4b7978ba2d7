import type { Notices } from '../../shared/telemetry/notices.ts';

/** Callers get the notices that they subscribe to; other warnings go where Node's own go. */
export function libraryNotices({ note, warn }: Partial<Notices>): Notices {
  return {
    note: (line) => note?.(line),
    warn: warn ?? ((line) => process.emitWarning(line, 'EigenfleetWarning')),
  };
}
