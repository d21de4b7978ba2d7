import { readStoredColumns } from '../../../shared/results/columns/stored-columns.ts';
import type { RowPlace } from '../../../shared/run/places/row-address.ts';
import { compareUtf8 } from '../../../shared/storage/utf8-order.ts';
import type { ComparedRun } from '../compared-run.ts';

/** Where the rows of some images are in a run, by key; a key that it does not have is absent. */
export async function findRows(
  { store, runId }: ComparedRun,
  keys: ReadonlySet<string>,
): Promise<Map<string, RowPlace>> {
  const found = new Map<string, RowPlace>();
  if (keys.size === 0) return found;
  const wanted = new Set(['key', 'shard', 'shard_row']);
  const asked = [...keys];
  const mayHold = ({ least, most }: { readonly least: string; readonly most: string }) =>
    asked.some((key) => compareUtf8(least, key) <= 0 && compareUtf8(key, most) <= 0);
  for await (const table of readStoredColumns(store, runId, wanted, mayHold)) {
    const [shard, row] = [table.numbers('shard'), table.numbers('shard_row')];
    table.texts('key')?.forEach((one, i) => {
      if (one === undefined || !keys.has(one)) return;
      found.set(one, { shard: Number(shard?.[i]), row: Number(row?.[i]) });
    });
    if (found.size === keys.size) break;
  }
  return found;
}
