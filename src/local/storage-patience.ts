import { formatDuration } from '../shared/host/format-duration.ts';
import { openStore, type StoreOptions } from '../shared/storage/open-store.ts';
import { PatientStores } from '../shared/storage/patient-stores.ts';

/** Longer than it takes to free some space or to renew a right; a person who watches a run must be told eventually. */
const usualPatienceSeconds = 10 * 60;

interface PatienceSettings {
  /** Seconds. */
  readonly patience?: number | undefined;
}

export interface StoragePatience {
  readonly settings: StoreOptions & PatienceSettings;
  note(line: string): void;
  readonly signal: AbortSignal;
}

/** Stores for work that a person watches: they report waiting, and give up after `patience`. */
export function patientStores({ settings, note, signal }: StoragePatience): PatientStores {
  const limitMs = patienceMsOf(settings);
  return new PatientStores({
    open: (uri) => openStore(uri, settings),
    ...{ limitMs, fromStart: false, signal },
    say: ({ status, doing, reason, awayMs }) => {
      const away = doing === 'read' ? 'Storage cannot be read' : 'Storage cannot be written';
      const leftMs = Math.max(0, limitMs - awayMs);
      if (status === 'back') note(`Storage is back after ${formatDuration(awayMs)}.`);
      // Without patience the error itself follows.
      else if (limitMs > 0) note(`${away}, waiting up to ${formatDuration(leftMs)}: ${reason}`);
    },
  });
}

export function patienceMsOf({ patience = usualPatienceSeconds }: PatienceSettings): number {
  return patience * 1000;
}
