import { parseColumn } from '../../shared/catalog/measure-column.ts';
import { measureColumnsOf } from '../../shared/results/measure-columns.ts';
import type { Column, Table } from '../../shared/results/parquet-table.ts';
import { readStoredTables } from '../../shared/results/stored-rows.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { type SampleStatus, sampleStatuses } from '../../shared/run/sample.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { DriftRow, DriftSource } from './drift-row.ts';

const rowColumns = [
  ...['shard', 'shard_row', 'key', 'size_bytes', 'etag', 'status', 'width', 'height'],
  ...['boxes.class_id', 'class_scores.class_id'],
];

/**
 * The rows of a stored run, read a row group at a time and without what drift does not need: of the boxes their classes alone, which is a fifth of the time of whole rows.
 *
 * @throws EigenfleetError `storage` where the run or a file of it cannot be read.
 */
export async function storedDriftSource(store: ObjectStore, runId: string): Promise<DriftSource> {
  const spec = await openRun(store, runId);
  const measures = measureColumnsOf(spec).filter((column) => parseColumn(column) !== undefined);
  const wanted = new Set([...rowColumns, ...measures]);
  return {
    classNames: spec.model.classNames,
    rows: async function* () {
      for await (const table of readStoredTables(store, runId, wanted)) {
        const columns = columnsOf(table, measures);
        for (let row = 0; row < table.rowCount; row++) yield new TableRow(columns, row);
      }
    },
  };
}

interface TableColumns {
  readonly of: (name: string) => Column | undefined;
  readonly measures: readonly (readonly [name: string, column: Column])[];
}

function columnsOf({ columns }: Table, measures: readonly string[]): TableColumns {
  const taken = measures.flatMap((name) => {
    const column = columns.get(name);
    return column === undefined ? [] : [[name, column] as const];
  });
  return { of: (name) => columns.get(name), measures: taken };
}

/** One row of a table, read where it is asked: most rows of a large run are named and left out. */
class TableRow implements DriftRow {
  readonly #columns: TableColumns;
  readonly #at: number;

  constructor(columns: TableColumns, at: number) {
    this.#columns = columns;
    this.#at = at;
  }

  get key(): string {
    return String(this.#read('key'));
  }

  get etag(): string {
    return String(this.#read('etag'));
  }

  get sizeBytes(): number {
    return Number(this.#read('size_bytes'));
  }

  get shard(): number {
    return Number(this.#read('shard'));
  }

  get row(): number {
    return Number(this.#read('shard_row'));
  }

  get status(): SampleStatus {
    return statusOf(this.#read('status'));
  }

  get geometry(): DriftRow['geometry'] {
    const [width, height] = [this.#read('width'), this.#read('height')];
    return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
  }

  get detections(): DriftRow['detections'] {
    return classesOf(this.#read('boxes'));
  }

  get classScores(): DriftRow['classScores'] {
    return classesOf(this.#read('class_scores'));
  }

  measure(name: string): number | undefined {
    return numberOf(this.#read(name));
  }

  get measures(): Readonly<Record<string, number>> {
    const taken: Record<string, number> = {};
    this.eachMeasure((name, value) => {
      taken[name] = value;
    });
    return taken;
  }

  eachMeasure(take: (column: string, value: number) => void): void {
    for (const [name, column] of this.#columns.measures) {
      const value = numberOf(column[this.#at]);
      if (value !== undefined) take(name, value);
    }
  }

  #read(name: string): unknown {
    return this.#columns.of(name)?.[this.#at];
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function statusOf(value: unknown): SampleStatus {
  return sampleStatuses.find((status) => status === value) ?? 'failed_to_infer';
}

function classesOf(list: unknown): { classId: number }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: { readonly class_id?: unknown } | null) =>
    typeof one?.class_id === 'number' ? [{ classId: one.class_id }] : [],
  );
}
