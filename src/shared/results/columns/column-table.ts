import type { NumberLists } from '../encoded/chunk-values.ts';
import type { Table } from '../parquet-table.ts';

/**
 * Columns of a row group, each decoded when it is first asked for; `undefined` for one that the file lacks. A field of the structs of a list has a name of two parts:
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

/** A table whose values are decoded already. */
export function columnsOfTable({ rowCount, columns }: Table): ColumnTable {
  return {
    rowCount,
    numbers: (name) => {
      const column = columns.get(name);
      return column && Float64Array.from(column, numberOf);
    },
    texts: (name) => {
      const column = columns.get(name);
      return column?.map((value) => (typeof value === 'string' ? value : undefined));
    },
    lists: (name) => {
      const [list = '', field = ''] = name.split('.');
      const column = columns.get(list);
      return column && listsOfStructs(column, field);
    },
  };
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
