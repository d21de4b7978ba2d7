import { readStoredRows } from '../../../report/gallery/stored-rows.ts';
import type { SampleRow } from '../../../shared/run/sample-row.ts';
import type { ComparedRun } from '../compared-run.ts';

/** Where a row lies in its run. */
export interface RowPlace {
  readonly shard: number;
  readonly row: number;
}

/** Names a row within its run. */
export function addressOf({ shard, row }: RowPlace): string {
  return `${shard}/${row}`;
}

/** Reads whole rows by their addresses, each shard's file once; a row that cannot be read is absent. */
export async function rowsAt(
  { store, runId }: ComparedRun,
  places: readonly RowPlace[],
): Promise<Map<string, SampleRow>> {
  const found = new Map<string, SampleRow>();
  for (const shard of new Set(places.map((place) => place.shard))) {
    const some = places.filter((place) => place.shard === shard);
    const rows = await readStoredRows(store, runId, some);
    for (const row of rows.values()) found.set(addressOf({ shard, row: row.row }), row);
  }
  return found;
}
