import { parseColumn } from '../../shared/catalog/measure-column.ts';
import type { ColumnTable } from '../../shared/results/columns/column-table.ts';
import { readStoredColumns } from '../../shared/results/columns/stored-columns.ts';
import { measureColumnsOf } from '../../shared/results/measure-columns.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { type SampleStatus, sampleStatuses } from '../../shared/run/sample.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  type DriftColumnsOfRows,
  type DriftRow,
  type DriftSource,
  imageSize,
  inputs,
  isCompared,
} from './drift-row.ts';

const contentColumns = ['key', 'size_bytes', 'etag', 'status', 'width', 'height', ...inputs];
const rowColumns = ['shard', 'shard_row', 'boxes.class_id', 'class_scores.class_id'];

/**
 * The rows of a stored run, read a row group at a time and without what drift does not need: of the boxes their classes alone.
 *
 * @throws EigenfleetError `storage` where the run or a file of it cannot be read.
 */
export async function storedDriftSource(store: ObjectStore, runId: string): Promise<DriftSource> {
  const spec = await openRun(store, runId);
  const measures = measureColumnsOf(spec).filter((column) => parseColumn(column) !== undefined);
  const wanted = {
    contents: new Set(contentColumns),
    all: new Set([...contentColumns, ...rowColumns, ...measures]),
  };
  return {
    classNames: spec.model.classNames,
    rows: async function* (needed = 'all') {
      for await (const table of readStoredColumns(store, runId, wanted[needed])) {
        const row = new TableRow(table, measures);
        yield { rows: rowsOf(row), columns: row };
      }
    },
  };
}

function* rowsOf(row: TableRow): Generator<TableRow> {
  for (row.at = 0; row.at < row.count; row.at++) yield row;
}

/** The row of a table at a place, whose values are read where they are asked: most rows of a large run are named and left out. */
class TableRow implements DriftRow, DriftColumnsOfRows {
  at = 0;
  readonly #table: ColumnTable;
  readonly #measures: readonly string[];
  readonly #numbers = new Map<string, Float64Array>();
  #statuses: readonly (string | undefined)[] | undefined;

  constructor(table: ColumnTable, measures: readonly string[]) {
    this.#table = table;
    this.#measures = measures;
  }

  get count(): number {
    return this.#table.rowCount;
  }

  get key(): string {
    return String(this.#table.texts('key')?.[this.at]);
  }

  get etag(): string {
    return String(this.#table.texts('etag')?.[this.at]);
  }

  get sizeBytes(): number {
    return this.#number('size_bytes');
  }

  get shard(): number {
    return this.#number('shard');
  }

  get row(): number {
    return this.#number('shard_row');
  }

  get status(): SampleStatus {
    this.#statuses ??= this.#table.texts('status') ?? [];
    return statusOf(this.#statuses[this.at]);
  }

  get geometry(): DriftRow['geometry'] {
    const [width, height] = [this.#number('width'), this.#number('height')];
    return Number.isNaN(width) || Number.isNaN(height) ? undefined : { width, height };
  }

  get detections(): DriftRow['detections'] {
    return this.#classes('boxes.class_id');
  }

  get classScores(): DriftRow['classScores'] {
    return this.#classes('class_scores.class_id');
  }

  measure(name: string): number | undefined {
    const value = this.#number(name);
    return Number.isFinite(value) ? value : undefined;
  }

  get measures(): Readonly<Record<string, number>> {
    const taken: Record<string, number> = {};
    for (const name of this.#measures) {
      const value = this.measure(name);
      if (value !== undefined) taken[name] = value;
    }
    return taken;
  }

  get columns(): Iterable<readonly [name: string, values: Float64Array]> {
    return this.#columns();
  }

  *#columns(): Generator<readonly [name: string, values: Float64Array]> {
    for (const name of this.#measures) {
      const values = isCompared(name) ? this.#table.numbers(name) : undefined;
      if (values !== undefined) yield [name, values];
    }
    const [widths, heights] = [this.#table.numbers('width'), this.#table.numbers('height')];
    if (widths === undefined || heights === undefined) return;
    yield [imageSize.area, widths.map((width, i) => width * (heights[i] as number))];
    yield [imageSize.aspect, widths.map((width, i) => width / (heights[i] as number))];
  }

  /** NaN where there is none. */
  #number(name: string): number {
    let values = this.#numbers.get(name);
    if (values === undefined) {
      values = this.#table.numbers(name) ?? noNumbers;
      this.#numbers.set(name, values);
    }
    return values[this.at] ?? Number.NaN;
  }

  #classes(name: string): { classId: number }[] {
    const lists = this.#table.lists(name);
    const classes: { classId: number }[] = [];
    if (lists === undefined) return classes;
    const end = lists.starts[this.at + 1] as number;
    for (let i = lists.starts[this.at] as number; i < end; i++) {
      classes.push({ classId: lists.values[i] as number });
    }
    return classes;
  }
}

const noNumbers = new Float64Array(0);

function statusOf(value: unknown): SampleStatus {
  if (value === 'success') return value;
  return sampleStatuses.find((status) => status === value) ?? 'failed_to_infer';
}
