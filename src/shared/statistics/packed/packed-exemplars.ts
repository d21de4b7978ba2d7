import { z } from 'zod';
import { isCount } from '../packed-integers.ts';

/** Exemplars as markers of schema `done@3` have them, one list for each field. */
export interface PackedExemplars {
  readonly value: readonly number[];
  readonly key: readonly string[];
  readonly shard: readonly number[];
  readonly row: readonly number[];
}

export const packedExemplarsSchema = z.custom<PackedExemplars>(isPackedExemplars);

function isPackedExemplars(packed: unknown): packed is PackedExemplars {
  if (typeof packed !== 'object' || packed === null) return false;
  const { value, key, shard, row } = packed as Readonly<Record<string, unknown>>;
  if (!Array.isArray(value)) return false;
  const isList = (list: unknown, isOne: (one: unknown) => boolean) =>
    Array.isArray(list) && list.length === value.length && list.every(isOne);
  return (
    isList(value, Number.isFinite) &&
    isList(key, (one) => typeof one === 'string') &&
    isList(shard, isCount) &&
    isList(row, isCount)
  );
}
