import type { SchemaElement } from 'hyparquet';
import type { FlagName } from '../../shared/catalog/flag-catalog.ts';
import { double, list, struct, text } from '../../shared/results/parquet-elements.ts';
import type { Column, Table } from '../../shared/results/parquet-table.ts';
import { addressOf, type RowAddress } from '../../shared/run/places/row-address.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { compareText, Ranking } from '../../shared/statistics/exemplars.ts';
import {
  type OutlierRule,
  type UnusualMeasure,
  unusualMeasures,
} from '../../shared/statistics/outlier-rule.ts';
import type { ShardStatistics } from '../../shared/statistics/shard-statistics.ts';
import type { AddedColumns } from './compaction/part-writer.ts';
import { sixDigits } from './distribution-summary.ts';
import type { OutlierSummary } from './summary-schema.ts';

/** The flag of an image that differs from its dataset. */
const outlier: FlagName = 'outlier';
/** As of every flag. */
const exemplarsKept = 16;
const exemplarsShown = 8;

const unusualElements: SchemaElement[] = list(
  'unusual',
  struct([
    text('measure', 'REQUIRED'),
    double('value', 'REQUIRED'),
    double('usual', 'REQUIRED'),
    double('z', 'REQUIRED'),
  ]),
);

/** A row, and what is unusual about it. */
export interface MarkedRow extends SampleRow {
  readonly unusual: readonly UnusualMeasure[];
}

/** Adds flag and measures to one row; workers cannot know them. */
export function markedRow(row: SampleRow, rule: OutlierRule): MarkedRow {
  const unusual = unusualMeasures(rule, (column) => row.measures[column]);
  return { ...row, unusual, flags: unusual.length > 0 ? [...row.flags, outlier] : row.flags };
}

/** Finds the outliers of a dataset, table by table; what it keeps does not grow with the number of images. */
export class OutlierMarks {
  readonly #rule: OutlierRule;
  readonly #ranking = new Ranking('highest', exemplarsKept);
  /** By place, of the images that are ranked, and of a few that no longer are. */
  readonly #unusual = new Map<RowAddress, readonly UnusualMeasure[]>();
  readonly #byMeasure = new Map<string, number>();
  #images = 0;
  #withoutOtherFlag = 0;

  constructor(rule: OutlierRule) {
    this.#rule = rule;
  }

  /** Columns that `mark` asks for. */
  get reads(): Set<string> {
    return new Set(['key', 'shard', 'shard_row', 'flags', ...this.#rule.usual.keys()]);
  }

  /** Returns the column `flags` with the flag, and the column `unusual`. */
  mark(table: Table): AddedColumns {
    const flags = [...(table.columns.get('flags') ?? [])];
    const unusual: (readonly UnusualMeasure[])[] = flags.map(() => []);
    for (const row of this.#candidates(table)) {
      const own = flags[row];
      const found = unusualMeasures(this.#rule, (column) => table.columns.get(column)?.[row]);
      if (found.length === 0 || !Array.isArray(own)) continue;
      flags[row] = [...own, outlier];
      if (own.length === 0) this.#withoutOtherFlag++;
      this.#count(table, row, found);
      unusual[row] = found;
    }
    const columns = new Map<string, Column>([
      ['flags', flags],
      ['unusual', unusual],
    ]);
    return { schema: withElements(table.schema, unusualElements), columns };
  }

  /** Rows with a value beyond what is usual, ascending: few of many, so that the rest costs a comparison a value. */
  #candidates({ columns, rowCount }: Table): number[] {
    const isBeyond = new Uint8Array(rowCount);
    for (const [name, { low, high }] of this.#rule.usual) {
      const column = columns.get(name) ?? [];
      for (let row = 0; row < column.length; row++) {
        const value = column[row];
        if (typeof value === 'number' && (value < low || value > high)) isBeyond[row] = 1;
      }
    }
    return [...isBeyond.keys()].filter((row) => isBeyond[row] === 1);
  }

  /** The statistics of the shards, with the flag. */
  addTo(statistics: ShardStatistics): ShardStatistics {
    const flag = { count: this.#images, exemplars: this.#ranking.build() };
    return {
      ...statistics,
      flaggedImages: statistics.flaggedImages + this.#withoutOtherFlag,
      flags: { ...statistics.flags, ...(flag.count > 0 && { [outlier]: flag }) },
    };
  }

  /** What was usual, and what was not; `undefined` where nothing could be compared. */
  build(): OutlierSummary | undefined {
    const { limit, usual } = this.#rule;
    if (usual.size === 0) return undefined;
    const measures = [...usual].map(([measure, one]) => {
      const images = this.#byMeasure.get(measure) ?? 0;
      const range = { low: sixDigits(one.low), high: sixDigits(one.high) };
      return { measure, usual: sixDigits(one.median), ...range, images };
    });
    const images = this.#ranking.build().map(({ key, shard, row }) => {
      const unusual = this.#unusual.get(addressOf({ shard, row })) ?? [];
      return { key, shard, row, unusual: unusual.map(rounded) };
    });
    measures.sort((a, b) => b.images - a.images || compareText(a.measure, b.measure));
    return { limit: sixDigits(limit), measures, images: images.slice(0, exemplarsShown) };
  }

  #count({ columns }: Table, row: number, unusual: readonly UnusualMeasure[]): void {
    this.#images++;
    for (const { measure } of unusual) {
      this.#byMeasure.set(measure, (this.#byMeasure.get(measure) ?? 0) + 1);
    }
    const [key, shard, place] = ['key', 'shard', 'shard_row'].map(
      (name) => columns.get(name)?.[row],
    );
    const one = { key: String(key), shard: Number(shard), row: Number(place) };
    this.#ranking.add({ ...one, value: Math.abs(unusual[0]?.z ?? 0) });
    this.#unusual.set(addressOf(one), unusual);
    if (this.#unusual.size > 4 * exemplarsKept) this.#forget();
  }

  /** Drops what is ranked no longer. */
  #forget(): void {
    const ranked = new Set(this.#ranking.build().map(addressOf));
    for (const address of this.#unusual.keys()) {
      if (!ranked.has(address)) this.#unusual.delete(address);
    }
  }
}

function withElements(
  [root, ...elements]: readonly SchemaElement[],
  added: readonly SchemaElement[],
): SchemaElement[] {
  const { name = 'root', num_children = 0 } = root ?? {};
  return [{ ...root, name, num_children: num_children + 1 }, ...elements, ...added];
}

function rounded({ measure, value, usual, z }: UnusualMeasure): UnusualMeasure {
  return { measure, value: sixDigits(value), usual: sixDigits(usual), z: sixDigits(z) };
}
