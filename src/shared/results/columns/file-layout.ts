import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import { rememberedByObject } from '../../host/remembered.ts';
import type { ObjectInfo, ObjectStore } from '../../storage/object-store.ts';
import { type ColumnLeaf, columnLeaves } from '../encoded/column-leaf.ts';

/** Where the columns of a row group lie: what readers need of a footer. */
export interface GroupLayout {
  readonly rowCount: number;
  /** Bytes of the file, by leaf: where its pages begin and end. NaN for a leaf that is compressed otherwise than eigenfleet does. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** No `key` of the group is below or above them; absent where its statistics do not say. */
  readonly keys?: { readonly least: string; readonly most: string };
}

export interface FileLayout {
  readonly leaves: readonly ColumnLeaf[];
  readonly groups: readonly GroupLayout[];
}

/** Files of a store whose layouts are kept: a run of four million rows, 64 kB each. */
const mostKept = 64;

const keptLayouts = rememberedByObject((_: ObjectStore) => new Map<string, FileLayout>());

/**
 * The layout of a stored Parquet file, kept for the next reader: comparing reads each file four times, and understanding its footer of thousands of columns takes 40 ms.
 *
 * @param file the same, as hyparquet reads it
 */
export async function fileLayout(
  store: ObjectStore,
  { key, sizeBytes, etag }: ObjectInfo,
  file: AsyncBuffer,
): Promise<FileLayout> {
  const kept = keptLayouts(store);
  const name = `${key} ${sizeBytes} ${etag}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const layout = layoutOf(await parquetMetadataAsync(file));
  if (kept.size < mostKept) kept.set(name, layout);
  return layout;
}

function layoutOf({ schema, row_groups: groups }: FileMetaData): FileLayout {
  const leaves = columnLeaves(schema);
  const keyLeaf = leaves.findIndex(({ path }) => path.length === 1 && path[0] === 'key');
  return { leaves, groups: groups.map((group) => groupLayout(group, leaves.length, keyLeaf)) };
}

function groupLayout(
  { columns, num_rows: rows }: FileMetaData['row_groups'][number],
  leaves: number,
  keyLeaf: number,
): GroupLayout {
  const [starts, ends] = [new Float64Array(leaves), new Float64Array(leaves)];
  for (let leaf = 0; leaf < leaves; leaf++) {
    const meta = columns[leaf]?.meta_data;
    const isOwn = meta?.codec === 'SNAPPY';
    const start = Number(meta?.dictionary_page_offset ?? meta?.data_page_offset);
    starts[leaf] = isOwn ? start : Number.NaN;
    ends[leaf] = start + Number(meta?.total_compressed_size);
  }
  const { min_value: least, max_value: most } = columns[keyLeaf]?.meta_data?.statistics ?? {};
  const isBound = isWhole(least) && isWhole(most);
  return { rowCount: Number(rows), starts, ends, ...(isBound && { keys: { least, most } }) };
}

/** A bound may be cut within a character. */
function isWhole(bound: unknown): bound is string {
  return typeof bound === 'string' && !bound.includes('\uFFFD');
}
