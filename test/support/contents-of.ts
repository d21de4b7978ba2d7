import type { ObjectInfo, ObjectStore } from '../../src/shared/storage/object-store.ts';

/** What is stored below a prefix, whenever it was written. */
export async function contentsOf(
  store: ObjectStore,
  prefix = '',
): Promise<Omit<ObjectInfo, 'modifiedAt'>[]> {
  const all: Omit<ObjectInfo, 'modifiedAt'>[] = [];
  for await (const { modifiedAt: _, ...info } of store.list(prefix)) all.push(info);
  return all;
}
