import { openStore } from '../shared/open-store.ts';

/** Whether a worker may write to `out`. Without a list every URI is allowed; with one, those at or below its entries. */
export function isAllowedOut(out: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  return allowed.some((prefix) => {
    const root = openStore(prefix).uri;
    return out === root || out.startsWith(root.endsWith('/') ? root : `${root}/`);
  });
}
