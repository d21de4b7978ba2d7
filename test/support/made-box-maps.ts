import { packBoxMaps } from '../../src/shared/results/box-maps/packed-box-maps.ts';
import { MapArchiveWriter } from '../../src/shared/results/map-archive.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { madeMap } from './made-run.ts';

/** As a run with `--box-maps 8` has it: for the strongest objects of an image, with nothing stored yet. */
export function withBoxMaps(rows: readonly SampleRow[]): SampleRow[] {
  const figures = { layer: 'model.15', gridHeight: 20, gridWidth: 20, cell: 0, steps: 1 };
  return rows.map((row) => {
    if (row.status !== 'success') return row;
    const strongest = row.detections
      .map(({ score }, detection) => ({ score, detection }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 8);
    return { ...row, boxMaps: strongest.map(({ detection }) => ({ detection, ...figures })) };
  });
}

/** The archive of the maps of rows, and the rows with their places in it; `noise` is what compresses worst. */
export function archiveBoxMaps(
  rows: readonly SampleRow[],
  noise: boolean,
): { rows: SampleRow[]; archive: Uint8Array } {
  const writer = new MapArchiveWriter();
  const placed = rows.map((row) => {
    if (row.boxMaps === undefined) return row;
    const all = row.boxMaps.map(({ steps: _, ...one }) => {
      const map = madeMap(one.gridWidth, row.row + 31 * one.detection, noise);
      return { ...one, map };
    });
    const { maps, groups } = packBoxMaps(all, 10_000);
    const boxMaps = [...maps];
    for (const { packed, members } of groups) {
      const { offset, bytes } = writer.add(`row_${row.row}_model_15`, packed);
      const place = { mapOffset: offset, mapBytes: bytes, mapCount: members.length };
      members.forEach((member, mapIndex) => {
        boxMaps[member] = { ...boxMaps[member]!, ...place, mapIndex };
      });
    }
    return { ...row, boxMaps };
  });
  return { rows: placed, archive: writer.finish() };
}
