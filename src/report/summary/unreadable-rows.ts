import { currentFlag, flagNames } from '../../shared/catalog/flag-catalog.ts';
import type { Column, Table } from '../../shared/results/parquet-table.ts';
import { sampleStatuses } from '../../shared/run/sample.ts';
import type { UnreadableSummary } from './summary-schema.ts';

/** Unreadable rows that a summary names. */
const mostUnreadable = 20;

/** An unreadable stored row, or a whole shard of them: it is in no table, list or picture. */
export interface UnreadableRows {
  readonly shard: number;
  /** Its place in the shard; absent when it is all of the shard. */
  readonly row?: number;
  /** Of the image. */
  readonly key?: string;
  /** Completes a sentence about the row, or about the shard. */
  readonly reason: string;
}

/** One row of a table, named as people would look it up. */
export function unreadableRow(
  { columns }: Table,
  { shard, row, reason }: { readonly shard: number; readonly row: number; readonly reason: string },
): UnreadableRows {
  const key = columns.get('key')?.[row];
  return { shard, row, ...(typeof key === 'string' && { key }), reason };
}

/**
 * Returns rows of a stored table, by position, with unusable values: numbers that are not finite, unknown statuses and flags. Another
 * version or somebody else wrote them. The value completes a sentence about the row.
 */
export function unreadableRows({ columns }: Table): Map<number, string> {
  const found = new Map<number, string>();
  for (const [name, column] of columns) {
    const complaint = complaintOf[name] ?? infiniteIn;
    for (let row = 0; row < column.length; row++) {
      const reason = complaint(column[row], name);
      if (reason !== undefined && !found.has(row)) found.set(row, reason);
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The columns without the rows at these places. */
export function withoutRows(table: Table, rows: ReadonlyMap<number, string>): Table {
  if (rows.size === 0) return table;
  const kept = (column: Column): Column => column.filter((_, row) => !rows.has(row));
  const columns = new Map([...table.columns].map(([name, column]) => [name, kept(column)]));
  return { ...table, columns, rowCount: table.rowCount - rows.size };
}

type Complaint = (value: unknown, name: string) => string | undefined;

const complaintOf: Readonly<Record<string, Complaint | undefined>> = {
  status: (value) => unknownIn([value], sampleStatuses, 'status'),
  flags: (value) => {
    const flags = Array.isArray(value) ? value : [value];
    return unknownIn(flags.map(String).map(currentFlag), flagNames, 'flag');
  },
};

/** Of a column of statuses or flags: what is wrong with one text of it. */
export function unknownText(column: string): ((text: string) => string | undefined) | undefined {
  const complaint = complaintOf[column];
  return complaint && ((text) => complaint(text, column));
}

function unknownIn(values: readonly unknown[], known: readonly string[], what: string) {
  const odd = values.find((value) => !known.includes(String(value)));
  return odd === undefined ? undefined : `its ${what} "${String(odd).slice(0, 40)}" is unknown`;
}

function infiniteIn(value: unknown, name: string): string | undefined {
  return isFiniteThroughout(value) ? undefined : `its ${name} holds numbers that are not finite`;
}

/** Numbers themselves, and those in lists and structs; what is not a number passes. */
function isFiniteThroughout(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  for (const key in value) {
    if (!isFiniteThroughout((value as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
}

/** What a summary says about unreadable rows. */
export function unreadableSummary(all: readonly UnreadableRows[]): UnreadableSummary {
  const rows = all.filter(({ row }) => row !== undefined).length;
  return { rows, shards: all.length - rows, first: all.slice(0, mostUnreadable) };
}
