import type { SchemaElement } from 'hyparquet';
import { z } from 'zod';
import { boolean, double, int32, text } from '../../shared/results/parquet-elements.ts';
import {
  type Column,
  columnNames,
  readTable,
  type Table,
  TableWriter,
} from '../../shared/results/parquet-table.ts';
import type { Xyxy } from '../../shared/run/detection.ts';
import { causes, type ObjectRow, type ObjectTrust, objectSizes, outcomes } from './object-row.ts';

/** Column -> field of `ObjectTrust`. */
const trustColumns = {
  evidence_share: 'share',
  area_share: 'area',
  lift: 'lift',
  attainable: 'attainable',
  other_images_lift: 'otherImagesLift',
  relevance_rank: 'relevanceRank',
  coverage: 'coverage',
} as const satisfies Readonly<Record<string, keyof ObjectTrust>>;

const [required, optional] = ['REQUIRED', 'OPTIONAL'] as const;
const fields: readonly SchemaElement[] = [
  ...['shard', 'shard_row'].map((name) => int32(name, required)),
  ...['key', 'group', 'outcome'].map((name) => text(name, required)),
  ...[text('cause', optional), int32('class_id', required), text('class_name', optional)],
  ...[int32('other_class_id', optional), text('other_class_name', optional)],
  ...[text('size', required), int32('detection', optional), int32('label', optional)],
  ...['score', 'iou'].map((name) => double(name, optional)),
  ...['x1', 'y1', 'x2', 'y2'].map((name) => double(name, required)),
  ...['label_x1', 'label_y1', 'label_x2', 'label_y2'].map((name) => double(name, optional)),
  ...Object.keys(trustColumns).map((name) => double(name, optional)),
  ...[boolean('pointed', optional)],
];

/** Parquet schema of `objects/`; `docs/results.md` has the columns for people. */
export const objectTableSchema: readonly SchemaElement[] = [
  { name: 'root', num_children: fields.length },
  ...fields,
];
const names = columnNames(objectTableSchema);

const typeNames: Readonly<Record<string, string>> = {
  ...{ BYTE_ARRAY: 'string', INT32: 'number', DOUBLE: 'number', BOOLEAN: 'boolean' },
};

/** Whether a table that anybody may have stored has the columns of objects, and in them what can be written again, all of one shard. */
export function isObjectTable({ columns, rowCount }: Table, shard: number): boolean {
  const isOf = ({ name, type, repetition_type }: SchemaElement): boolean => {
    const column = columns.get(name);
    if (column?.length !== rowCount) return false;
    const typeName = typeNames[type ?? ''];
    const mayLack = repetition_type === optional;
    // A loop, since `every` passes over holes.
    for (let i = 0; i < rowCount; i++) {
      const value = column[i];
      if (typeof value !== typeName && !(mayLack && (value ?? undefined) === undefined))
        return false;
    }
    return true;
  };
  return fields.every(isOf) && (columns.get('shard') ?? []).every((one) => one === shard);
}

/** Written into the files' metadata. */
export const objectTableVersion = 'objects@1';

/** A Parquet file of one row group, or of none. @param classNames by class id */
export function encodeObjects(
  rows: readonly ObjectRow[],
  classNames: readonly string[],
): Uint8Array {
  const writer = new TableWriter([...objectTableSchema], objectTableVersion);
  const values = columnValues(classNames);
  writer.append(new Map<string, Column>(names.map((name) => [name, columnOf(rows, values[name])])));
  return writer.finish();
}

type ValueOf = (row: ObjectRow) => unknown;

/** Column by column: an object for each row takes five times as long. */
function columnOf(rows: readonly ObjectRow[], read: ValueOf | undefined): unknown[] {
  return rows.map((row) => read?.(row));
}

function columnValues(classNames: readonly string[]): Readonly<Record<string, ValueOf>> {
  const nameOf = (classId?: number) => (classId === undefined ? undefined : classNames[classId]);
  const trust = Object.entries(trustColumns).map(([name, field]): [string, ValueOf] => [
    name,
    (row) => finite(row.trust?.[field]),
  ]);
  return {
    ...{ shard: (row) => row.shard, shard_row: (row) => row.row },
    ...{ key: (row) => row.key, group: (row) => row.group },
    ...{ outcome: (row) => row.outcome, cause: (row) => row.cause, size: (row) => row.size },
    ...{ class_id: (row) => row.classId, class_name: (row) => nameOf(row.classId) },
    other_class_id: (row) => row.otherClassId,
    other_class_name: (row) => nameOf(row.otherClassId),
    ...{ detection: (row) => row.detection, label: (row) => row.label },
    ...{ score: (row) => row.score, iou: (row) => finite(row.iou) },
    ...{ x1: (row) => row.box[0], y1: (row) => row.box[1] },
    ...{ x2: (row) => row.box[2], y2: (row) => row.box[3] },
    ...{ label_x1: (row) => row.labelBox?.[0], label_y1: (row) => row.labelBox?.[1] },
    ...{ label_x2: (row) => row.labelBox?.[2], label_y2: (row) => row.labelBox?.[3] },
    ...Object.fromEntries(trust),
    pointed: (row) => row.trust?.pointed,
  };
}

/** What is not a number is not stored. */
function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

const absent = <Value>(schema: z.ZodType<Value>) =>
  schema.nullish().transform((value) => value ?? undefined);
const index = z.number().int().nonnegative();
const share = absent(z.number());
const rowSchema = z.object({
  ...{ shard: index, shard_row: index, key: z.string(), group: z.string() },
  ...{ outcome: z.enum(outcomes), cause: absent(z.enum(causes)), size: z.enum(objectSizes) },
  ...{ class_id: index, other_class_id: absent(index) },
  ...{ detection: absent(index), label: absent(index), score: share, iou: share },
  ...{ x1: z.number(), y1: z.number(), x2: z.number(), y2: z.number() },
  ...{ label_x1: share, label_y1: share, label_x2: share, label_y2: share },
  ...{ evidence_share: share, area_share: share, lift: share, attainable: share },
  ...{ other_images_lift: share, relevance_rank: share, coverage: share },
  pointed: absent(z.boolean()),
});
type StoredObject = z.infer<typeof rowSchema>;

/** The rows of one file of objects; one that cannot be read is left out. Throws when the bytes are not a Parquet file. */
export async function decodeObjects(bytes: Uint8Array): Promise<ObjectRow[]> {
  return objectsOfTable(await readTable(bytes));
}

/** As `decodeObjects`, of a table that was read. */
export function objectsOfTable({ rowCount, columns }: Table): ObjectRow[] {
  const rows: ObjectRow[] = [];
  for (let i = 0; i < rowCount; i++) {
    const stored = Object.fromEntries([...columns].map(([name, column]) => [name, column[i]]));
    const { data } = rowSchema.safeParse(stored);
    if (data !== undefined) rows.push(objectOf(data));
  }
  return rows;
}

function objectOf(stored: StoredObject): ObjectRow {
  const { label_x1, label_y1, label_x2, label_y2 } = stored;
  const labelBox = [label_x1, label_y1, label_x2, label_y2].filter((one) => one !== undefined);
  const trust = trustOf(stored);
  return {
    ...{ shard: stored.shard, row: stored.shard_row, key: stored.key, group: stored.group },
    ...{ outcome: stored.outcome, classId: stored.class_id, size: stored.size },
    box: [stored.x1, stored.y1, stored.x2, stored.y2],
    ...defined({ cause: stored.cause, otherClassId: stored.other_class_id }),
    ...defined({ detection: stored.detection, label: stored.label }),
    ...defined({ score: stored.score, iou: stored.iou }),
    ...(labelBox.length === 4 && { labelBox: labelBox as unknown as Xyxy }),
    ...(Object.keys(trust).length > 0 && { trust }),
  };
}

function trustOf(stored: StoredObject): ObjectTrust {
  const taken = Object.entries(trustColumns).map(([name, field]) => [
    field,
    stored[name as keyof typeof trustColumns],
  ]);
  return defined({ ...Object.fromEntries(taken), pointed: stored.pointed });
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that are undefined. */
function defined<Fields extends object>(given: Fields): Defined<Fields> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Fields>;
}
