import { type AsyncBuffer, parquetMetadataAsync } from 'hyparquet';
import { collectOldGarbage } from '../../host/garbage-collection.ts';
import { objectKeys } from '../../run/object-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import {
  isReadable,
  listsOf,
  numbersOf,
  textsOf,
  type ValueChunk,
} from '../encoded/chunk-values.ts';
import type { ColumnLeaf } from '../encoded/column-leaf.ts';
import { encodedPages } from '../encoded/encoded-pages.ts';
import { readRowGroup } from '../parquet-table.ts';
import { mostGarbage, storedBuffer, unreadableFile } from '../stored-rows.ts';
import { type ColumnTable, columnsOfTable } from './column-table.ts';
import { type FileLayout, fileLayout, type GroupLayout } from './file-layout.ts';

/**
 * Yields some columns of a summarized run in manifest order, a table for each row group. Numbers come as typed arrays, without a value for each in between, where pages are as eigenfleet
 * writes them; hyparquet reads others.
 *
 * @param wanted names as `ColumnTable` has them; one that a file lacks is absent from its tables
 * @param mayHold row groups for whose keys it says no are left out
 * @throws EigenfleetError `storage` for a file that cannot be read, also where a column is asked for.
 */
export async function* readStoredColumns(
  store: ObjectStore,
  runId: string,
  wanted: ReadonlySet<string>,
  mayHold: (keys: KeyBounds) => boolean = () => true,
): AsyncGenerator<ColumnTable> {
  for await (const part of store.list(objectKeys.imagesPrefix(runId))) {
    const fault = (cause: unknown) => unreadableFile(store, part.key, cause);
    const file = storedBuffer(store, part);
    try {
      const { leaves, groups } = await fileLayout(store, part, file);
      const asked = { file, leaves, groups, wanted, mayHold };
      for await (const table of readColumns(asked, fault)) {
        yield table;
        // A table lives long enough to leave the young generation, and V8 would let dozens of them gather.
        collectOldGarbage(mostGarbage);
      }
    } catch (cause) {
      throw fault(cause);
    }
  }
}

type KeyBounds = NonNullable<GroupLayout['keys']>;

interface AskedColumns extends FileLayout {
  readonly file: AsyncBuffer;
  readonly wanted: ReadonlySet<string>;
  readonly mayHold: (keys: KeyBounds) => boolean;
}

/** Columns of a Parquet file. @param fault what is thrown where a column that is asked for is damaged */
async function* readColumns(
  { file, leaves, groups, wanted, mayHold }: AskedColumns,
  fault: (cause: unknown) => unknown,
): AsyncGenerator<ColumnTable> {
  const room = new NumberRoom();
  for (const [number, group] of groups.entries()) {
    if (group.keys !== undefined && !mayHold(group.keys)) continue;
    const chunks = await chunksOf(file, group, leaves, wanted);
    if (chunks === undefined) {
      const metadata = await parquetMetadataAsync(file);
      yield columnsOfTable(await readRowGroup(file, metadata, number, wanted));
    } else yield new EncodedColumns(group.rowCount, chunks, { room, fault });
    room.clear();
  }
}

class EncodedColumns implements ColumnTable {
  readonly rowCount: number;
  readonly #chunks: ReadonlyMap<string, ValueChunk>;
  readonly #room: NumberRoom;
  readonly #fault: (cause: unknown) => unknown;
  readonly #decoded = new Map<string, unknown>();

  constructor(
    rowCount: number,
    chunks: ReadonlyMap<string, ValueChunk>,
    { room, fault }: { readonly room: NumberRoom; readonly fault: (cause: unknown) => unknown },
  ) {
    this.rowCount = rowCount;
    this.#chunks = chunks;
    this.#room = room;
    this.#fault = fault;
  }

  numbers(name: string) {
    return this.#take(name, (chunk, rowCount) =>
      numbersOf(chunk, rowCount, this.#room.take(rowCount)),
    );
  }

  texts(name: string) {
    return this.#take(name, textsOf);
  }

  lists(name: string) {
    return this.#take(name, listsOf);
  }

  #take<Values>(
    name: string,
    decode: (chunk: ValueChunk, rowCount: number) => Values,
  ): Values | undefined {
    const known = this.#decoded.get(name);
    if (known !== undefined) return known as Values;
    const chunk = this.#chunks.get(name);
    if (chunk === undefined) return undefined;
    try {
      const values = decode(chunk, this.rowCount);
      this.#decoded.set(name, values);
      return values;
    } catch (cause) {
      throw this.#fault(cause);
    }
  }
}

/** Memory of columns of numbers, used again by each row group: a new one is cleared first, and tens of thousands wait to be collected. */
class NumberRoom {
  readonly #columns: Float64Array[] = [];
  #taken = 0;

  take(rowCount: number): Float64Array {
    const known = this.#columns[this.#taken];
    const column = known && known.length >= rowCount ? known : new Float64Array(rowCount);
    this.#columns[this.#taken++] = column;
    return column.subarray(0, rowCount);
  }

  clear(): void {
    this.#taken = 0;
  }
}

interface Place {
  readonly name: string;
  readonly leaf: ColumnLeaf;
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
}

/** The wanted columns of a row group as they are encoded; `undefined` where one of them is not as eigenfleet writes it. */
async function chunksOf(
  file: AsyncBuffer,
  group: GroupLayout,
  leaves: readonly ColumnLeaf[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, ValueChunk> | undefined> {
  const places = placesOf(group, leaves, wanted);
  if (places === undefined) return undefined;
  const chunks = new Map<string, ValueChunk>();
  for (const near of nearPlaces(places)) {
    const [first, last] = [near[0] as Place, near.at(-1) as Place];
    const bytes = new Uint8Array(await file.slice(first.start, last.end));
    for (const { name, leaf, start, end } of near) {
      const chunk = readableChunk(leaf, bytes.subarray(start - first.start, end - first.start));
      if (chunk === undefined) return undefined;
      chunks.set(name, chunk);
    }
  }
  return chunks;
}

function readableChunk(leaf: ColumnLeaf, bytes: Uint8Array): ValueChunk | undefined {
  try {
    const chunk = { leaf, pages: encodedPages(bytes) };
    return isReadable(chunk) ? chunk : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function placesOf(
  { starts, ends }: GroupLayout,
  leaves: readonly ColumnLeaf[],
  wanted: ReadonlySet<string>,
): Place[] | undefined {
  const places: Place[] = [];
  for (const [i, leaf] of leaves.entries()) {
    const name = leaf.path.length === 1 ? leaf.path[0] : `${leaf.path[0]}.${leaf.path.at(-1)}`;
    if (name === undefined || !wanted.has(name)) continue;
    const [start, end] = [starts[i] as number, ends[i] as number];
    if (Number.isNaN(start)) return undefined;
    places.push({ name, leaf, start, end });
  }
  return places.sort((a, b) => a.start - b.start);
}

/** A request costs more than bytes between two columns that nobody wants. */
const mostGap = 256 * 1024;

/** Columns that are read with one request. */
function nearPlaces(places: readonly Place[]): Place[][] {
  const ranges: Place[][] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    const end = last?.at(-1)?.end;
    if (last !== undefined && end !== undefined && place.start - end <= mostGap) last.push(place);
    else ranges.push([place]);
  }
  return ranges;
}
