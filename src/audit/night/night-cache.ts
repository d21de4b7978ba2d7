import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { isSettled, type Night } from './night.ts';
import { listNightKeys, readNight } from './stored-nights.ts';

/** Nights read at once. */
const readAtOnce = 16;

/** Reads the nights of audits again and again: what is settled and told does not change, and is read once. */
export class NightCache {
  readonly #home: ObjectStore;
  readonly #known = new Map<string, ReadonlyMap<string, Night>>();

  constructor(home: ObjectStore) {
    this.#home = home;
  }

  /**
   * All nights of an audit, by key.
   *
   * @throws EigenfleetError `storage` for a record that is none.
   */
  async read(audit: string): Promise<Night[]> {
    const known = this.#known.get(audit);
    const keys = await listNightKeys(this.#home, audit);
    const nights: Night[] = [];
    for (let start = 0; start < keys.length; start += readAtOnce) {
      const some = keys.slice(start, start + readAtOnce);
      const read = some.map((key) => known?.get(key) ?? readNight(this.#home, audit, key));
      nights.push(...(await Promise.all(read)).filter((night) => night !== undefined));
    }
    const final = nights.filter(isFinal).map((night) => [night.key, night] as const);
    this.#known.set(audit, new Map(final));
    return nights;
  }
}

function isFinal(night: Night): boolean {
  return isSettled(night) && (night.status === 'missed' || night.announced !== undefined);
}
