import { EigenfleetError } from '../../../shared/errors.ts';
import { type ColumnTable, noColumns } from '../../../shared/results/columns/column-table.ts';
import { compareUtf8 } from '../../../shared/storage/utf8-order.ts';

/** Rows of two tables that have the same key, and how many keys passed by that only one of them has. */
export interface JoinedRows {
  readonly from: ColumnTable;
  readonly to: ColumnTable;
  /** Row `fromAt[i]` of `from` has the key of row `toAt[i]` of `to`. */
  readonly fromAt: Int32Array;
  readonly toAt: Int32Array;
  readonly onlyFrom: number;
  readonly onlyTo: number;
}

/**
 * Joins the rows of two runs by `key`. Both come sorted by the UTF-8 bytes of their keys, as runs store them, so one table of each is in memory at a time.
 *
 * @throws EigenfleetError `storage` for rows out of order, which an altered file has.
 */
export async function* joinTables(
  from: AsyncIterable<ColumnTable>,
  to: AsyncIterable<ColumnTable>,
): AsyncGenerator<JoinedRows> {
  const [first, second] = [new KeyedTables(from), new KeyedTables(to)];
  while ((await first.load()) && (await second.load())) yield joined(first, second);
  for (const [side, rest] of [
    ['onlyFrom', first],
    ['onlyTo', second],
  ] as const) {
    while (await rest.load()) {
      const only = { onlyFrom: 0, onlyTo: 0, [side]: rest.left };
      yield { from: noColumns, to: noColumns, fromAt: noRows, toAt: noRows, ...only };
      rest.at = rest.keys.length;
    }
  }
}

const noRows = new Int32Array();

/** Goes on until one of the tables ends. */
function joined(first: KeyedTables, second: KeyedTables): JoinedRows {
  const most = Math.min(first.left, second.left);
  const [fromAt, toAt] = [new Int32Array(most), new Int32Array(most)];
  let pairs = 0;
  let [onlyFrom, onlyTo] = [0, 0];
  while (first.left > 0 && second.left > 0) {
    const [a, b] = [first.key, second.key];
    const order = a === b ? 0 : compareUtf8(a, b);
    if (order < 0) onlyFrom += 1;
    else if (order > 0) onlyTo += 1;
    else {
      fromAt[pairs] = first.at;
      toAt[pairs] = second.at;
      pairs += 1;
    }
    if (order <= 0) first.at += 1;
    if (order >= 0) second.at += 1;
  }
  const rows = { fromAt: fromAt.subarray(0, pairs), toAt: toAt.subarray(0, pairs) };
  return { from: first.table, to: second.table, ...rows, onlyFrom, onlyTo };
}

/** Tables one after the other, with a place in the one that is in memory. */
class KeyedTables {
  readonly #tables: AsyncIterator<ColumnTable>;
  #table = noColumns;
  keys: readonly (string | undefined)[] = [];
  at = 0;
  #last: string | undefined;

  constructor(tables: AsyncIterable<ColumnTable>) {
    this.#tables = tables[Symbol.asyncIterator]();
  }

  get table(): ColumnTable {
    return this.#table;
  }

  get left(): number {
    return this.keys.length - this.at;
  }

  get key(): string {
    return this.keys[this.at] as string;
  }

  /** Fetches the next table where this one is at its end. @returns whether there is a row */
  async load(): Promise<boolean> {
    while (this.left === 0) {
      const next = await this.#tables.next();
      if (next.done === true) return false;
      this.#table = next.value;
      this.keys = next.value.texts('key') ?? [];
      this.at = 0;
      this.#checkOrder();
    }
    return true;
  }

  #checkOrder(): void {
    for (const key of this.keys) {
      const last = this.#last;
      if (typeof key !== 'string' || (last !== undefined && compareUtf8(last, key) >= 0)) {
        throw new EigenfleetError(
          'storage',
          `The rows of a run are out of order after ${JSON.stringify(last)}: run the command that made it again.`,
        );
      }
      this.#last = key;
    }
  }
}
