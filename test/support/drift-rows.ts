import type { DriftRow, DriftSource } from '../../src/verdict/drift/drift-row.ts';
import { repositoryText } from './repository-files.ts';

interface StoredColumns {
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly classes: readonly (readonly number[])[];
}

/** Rows of the 316 blood-cell images with some of their measures: `test/golden/drift`. */
export function bloodCellRows(): DriftRow[] {
  const { columns, classes }: StoredColumns = JSON.parse(
    repositoryText('test/golden/drift/blood-cells.json'),
  );
  return classes.map((ids, row) => {
    const values = Object.entries(columns).flatMap(([name, column]): [string, number][] => {
      const value = column[row];
      return typeof value === 'number' ? [[name, value]] : [];
    });
    return {
      ...{ key: `${row}.jpg`, etag: `e${row}`, sizeBytes: 1000 + row, shard: 0, row },
      status: 'success',
      measures: Object.fromEntries(values),
      geometry: { width: 640, height: 480 },
      detections: ids.map((classId) => ({ classId })),
      classScores: [],
    };
  });
}

export function driftSourceOf(rows: readonly DriftRow[]): DriftSource {
  return {
    classNames: ['Platelets', 'RBC', 'WBC'],
    rows: async function* () {
      yield { rows };
    },
  };
}

/** The same image with other measures: what another model, or another file, makes of it. */
export function changed(
  row: DriftRow,
  change: (measures: Readonly<Record<string, number>>) => Readonly<Record<string, number>>,
): DriftRow {
  return { ...row, measures: { ...row.measures, ...change(row.measures) } };
}
