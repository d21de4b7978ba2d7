import { MapArchiveWriter } from '../../src/shared/results/map-archive.ts';
import { packEvidence } from '../../src/shared/results/stored-evidence.ts';
import type { ClassEvidence } from '../../src/shared/run/evidence/class-evidence.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { madeMap } from './made-run.ts';

/** As a run with `--classes found` has it: for the first classes of an image's objects. */
export function withEvidence(rows: readonly SampleRow[]): SampleRow[] {
  return rows.map((row) => {
    const ids = [...new Set(row.detections.map(({ classId }) => classId))].slice(0, 4);
    const inObjects = { share: 0.68, area: 0.44, ceiling: 2.27, lift: 1.55, attainable: 0.43 };
    const figures = { layer: 'model.15', gridHeight: 20, gridWidth: 20, low: 0, high: 5 };
    const evidence = ids.map((classId) => ({ classId, ...figures, inObjects }));
    return row.status === 'success' ? { ...row, evidence } : row;
  });
}

/** The archive of the maps of rows, and the rows with their places in it; `noise` is what compresses worst. */
export function archiveEvidence(
  rows: readonly SampleRow[],
  noise: boolean,
): { rows: SampleRow[]; archive: Uint8Array } {
  const writer = new MapArchiveWriter();
  const placed = rows.map((row) => {
    if (row.evidence === undefined) return row;
    const evidence = row.evidence.map((one) => {
      const { offset, bytes } = writer.add(
        `row_${row.row}_class_${one.classId}`,
        packEvidence(madeEvidence(row.row, one, noise)),
      );
      return { ...one, mapOffset: offset, mapBytes: bytes };
    });
    return { ...row, evidence };
  });
  return { rows: placed, archive: writer.finish() };
}

function madeEvidence(row: number, figures: Omit<ClassEvidence, 'map'>, noise: boolean) {
  const map = madeMap(figures.gridWidth, row + 31 * figures.classId, noise);
  return { ...figures, map: map.map((value) => value * figures.high) };
}
