import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import type { Table } from '../../shared/results/parquet-table.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { addressOf } from '../../shared/run/places/row-address.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { CardGroup } from '../gallery/gallery-card.ts';
import { readableRows } from '../gallery/load-gallery.ts';
import type { Photos, Region } from '../gallery/photos.ts';

import { type ChosenGroup, chooseObjects } from './choose-objects.ts';
import { cropRegion } from './crop-region.ts';
import { objectGroups } from './object-groups.ts';

/** One object with the row of its image. */
export interface PlacedObject {
  readonly object: ObjectRow;
  readonly row: SampleRow;
  readonly geometry: LetterboxGeometry;
  readonly region: Region;
}

/** The objects that a report will show, before any image is read. */
export interface WantedObjects {
  readonly groups: readonly ChosenGroup[];
  readonly placed: ReadonlyMap<ObjectRow, PlacedObject>;
  /** By the key of their image. */
  readonly byKey: ReadonlyMap<string, readonly PlacedObject[]>;
}

/** Chooses objects and reads the rows of their images. An object whose row cannot be read is left out. `objects`: the table of the evaluation, piece by piece. */
export async function wantedObjects(
  source: Parameters<typeof readableRows>[0],
  evaluation: Evaluation,
  objects: AsyncIterable<Table> | Iterable<Table>,
): Promise<WantedObjects> {
  const groups = await chooseObjects(objects, objectGroups(evaluation));
  const chosen = new Set(groups.flatMap((group) => group.objects));
  const rows = await readableRows(source, [...chosen]);
  const placed = new Map<ObjectRow, PlacedObject>();
  const byKey = new Map<string, PlacedObject[]>();
  for (const object of chosen) {
    const row = rows.get(addressOf(object));
    if (row?.geometry === undefined || row.key !== object.key) continue;
    const { geometry } = row;
    const one = { object, row, geometry, region: cropRegion(object.box, geometry) };
    placed.set(object, one);
    byKey.set(row.key, [...(byKey.get(row.key) ?? []), one]);
  }
  return { groups, placed, byKey };
}

/** What the images of the objects must be cut into. */
export function regionsOf({ byKey }: WantedObjects): Map<string, Region[]> {
  return new Map([...byKey].map(([key, all]) => [key, all.map(({ region }) => region)]));
}

export interface ObjectSource {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly photos: Photos;
  /** The gallery: its cards show whole images already. */
  readonly shown: readonly CardGroup[];
}
