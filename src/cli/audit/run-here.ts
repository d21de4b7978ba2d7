import type { Night } from '../../audit/night/night.ts';
import { patientStores } from '../../local/storage-patience.ts';
import { openProgress } from '../terminal/progress.ts';
import { advanceOwn, type OwnNight, ownPorts } from './advance-own.ts';

/** Has a night explained in this process. */
export async function runHere(own: OwnNight): Promise<Night> {
  const { call, signal } = own;
  const { storage, terminal } = call;
  const { note, progressStream: stream, quiet } = terminal;
  const progress = await openProgress({ stream, quiet });
  // Loading the libraries takes longer than reading the audit.
  const { localNight } = await import('../../local/local-night.ts');
  const stores = patientStores({ settings: storage, note, signal });
  const ports = { ...(await ownPorts(own)), stores, openStore: stores.open.bind(stores) };
  const acts = localNight({ ...ports, onProgress: (now) => progress.show(now) });
  return advanceOwn(own, acts).finally(() => progress.stop());
}
