import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import { objectsOfTable } from '../../evaluate/result/object-table.ts';
import type { Table } from '../../shared/results/parquet-table.ts';
import { galleryIds } from '../findings/evaluation-parts.ts';
import type { ObjectGroup } from './object-groups.ts';

/** A gallery with its objects, the most telling first. */
export interface ChosenGroup extends ObjectGroup {
  readonly objects: readonly ObjectRow[];
}

/**
 * Goes once over the objects of a run and keeps those that a report shows: of boxes the most confident; of misses those that hold most class evidence for their size
 * (the model looks at them and finds nothing), the largest where none was measured. In memory are one piece of the table and the kept ones. The same objects in any
 * order give the same answer.
 */
export async function chooseObjects(
  tables: AsyncIterable<Table> | Iterable<Table>,
  groups: readonly ObjectGroup[],
): Promise<ChosenGroup[]> {
  const kept = new Map(groups.map(({ id, shown }) => [id, new Best(shown)]));
  for await (const table of tables) {
    for (const object of objectsOfTable(promising(table, kept))) {
      for (const id of groupsOf(object)) kept.get(id)?.add(object);
    }
  }
  return groups
    .map((group) => ({ ...group, objects: kept.get(group.id)?.objects ?? [] }))
    .filter((group) => group.objects.length > 0);
}

/** The rows that may be kept, by three of their numbers: making and checking all of millions would take minutes. */
function promising({ schema, rowCount, columns }: Table, kept: ReadonlyMap<string, Best>): Table {
  const column = (name: string) => columns.get(name) ?? [];
  const [outcomes, causes, lifts] = [column('outcome'), column('cause'), column('lift')];
  const [classes, others, scores] = [column('class_id'), column('other_class_id'), column('score')];
  const rows: number[] = [];
  for (let i = 0; i < rowCount; i++) {
    const outcome = outcomes[i];
    if (outcome !== 'fp' && outcome !== 'fn') continue;
    const [cause, otherClassId] = [causes[i], Number(others[i] ?? -1)];
    const ids = groupsOf({ outcome, cause, classId: Number(classes[i]), otherClassId });
    const worth = outcome === 'fp' ? Number(scores[i] ?? 0) : Number(lifts[i] ?? 0);
    if (ids.some((id) => kept.get(id)?.mayTake(worth) ?? false)) rows.push(i);
  }
  const chosen = [...columns].map(
    ([name, values]) => [name, rows.map((row) => values[row])] as const,
  );
  return { schema, rowCount: rows.length, columns: new Map(chosen) };
}

interface Grouped {
  readonly outcome: ObjectRow['outcome'];
  readonly classId: number;
  readonly cause?: unknown;
  readonly otherClassId?: number;
}

function groupsOf({ outcome, classId, cause, otherClassId }: Grouped): string[] {
  if (outcome === 'fn') return [galleryIds.misses(classId)];
  if (outcome !== 'fp') return [];
  const confused =
    cause === 'class' && otherClassId !== undefined
      ? [galleryIds.confused(classId, otherClassId)]
      : [];
  return [galleryIds.falsePositives(classId), ...confused];
}

/** The `most` first objects of those that were added, in order. */
class Best {
  readonly objects: ObjectRow[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether an object of this score (of a miss: lift) may be among them. */
  mayTake(worth: number): boolean {
    const last = this.objects.at(-1);
    return this.objects.length < this.#most || last === undefined || worth >= worthOf(last);
  }

  add(object: ObjectRow): void {
    const { objects } = this;
    const last = objects.at(-1);
    if (objects.length >= this.#most && (last === undefined || compare(object, last) >= 0)) return;
    const place = objects.findIndex((other) => compare(object, other) < 0);
    objects.splice(place < 0 ? objects.length : place, 0, object);
    if (objects.length > this.#most) objects.pop();
  }
}

function worthOf({ outcome, score, trust }: ObjectRow): number {
  return (outcome === 'fn' ? trust?.lift : score) ?? 0;
}

/** Below 0 where `a` comes first. */
function compare(a: ObjectRow, b: ObjectRow): number {
  return (
    worthOf(b) - worthOf(a) ||
    areaOf(b) - areaOf(a) ||
    a.shard - b.shard ||
    a.row - b.row ||
    (a.detection ?? a.label ?? 0) - (b.detection ?? b.label ?? 0)
  );
}

function areaOf({ box: [left, top, right, bottom] }: ObjectRow): number {
  return (right - left) * (bottom - top);
}
