import type { NumberLists } from '../encoded/chunk-values.ts';
import type { Table } from '../parquet-table.ts';

/**
 * Columns of a row group, valid until the next one is asked for, each decoded when it is first needed; `undefined` for one that the file lacks. A field of the structs of a list has a name of two parts:
 * `boxes.class_id`.
 */
export interface ColumnTable {
  readonly rowCount: number;
  /** [rowCount], NaN where a row has none. */
  numbers(name: string): Float64Array | undefined;
  /** [rowCount] */
  texts(name: string): readonly (string | undefined)[] | undefined;
  lists(name: string): NumberLists | undefined;
}

/** A table without a row. */
export const noColumns: ColumnTable = {
  rowCount: 0,
  numbers: () => undefined,
  texts: () => undefined,
  lists: () => undefined,
};

/** A table whose values are decoded already. */
export function columnsOfTable({ rowCount, columns }: Table): ColumnTable {
  const known = new Map<string, Float64Array>();
  const numbers = (name: string) => {
    const column = columns.get(name);
    if (column === undefined) return undefined;
    const made = known.get(name) ?? Float64Array.from(column, numberOf);
    known.set(name, made);
    return made;
  };
  const texts = (name: string) =>
    columns.get(name)?.map((value) => (typeof value === 'string' ? value : undefined));
  const lists = (name: string) => {
    const [list = '', field = ''] = name.split('.');
    const column = columns.get(list);
    return column && listsOfStructs(column, field);
  };
  return { rowCount, numbers, texts, lists };
}

function numberOf(value: unknown): number {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : Number.NaN;
}

function listsOfStructs(column: readonly unknown[], field: string): NumberLists {
  const values: number[] = [];
  const starts = new Int32Array(column.length + 1);
  for (const [row, list] of column.entries()) {
    for (const one of Array.isArray(list) ? list : []) {
      const value: unknown = one?.[field];
      if (typeof value === 'number') values.push(value);
    }
    starts[row + 1] = values.length;
  }
  return { starts, values: Float64Array.from(values) };
}
