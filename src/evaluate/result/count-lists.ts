import { z } from 'zod';
import { isCount } from '../../shared/statistics/packed-integers.ts';

/*
 * Lists of counts as stored JSON has them. Each is looked at by one function: an issue, a path and a copy for each of ten thousand numbers take a schema of numbers five times as
 * long as the numbers take to parse.
 */

/** Non-negative safe integers. */
export const countList: z.ZodType<number[]> = z.custom<number[]>(areCounts);

/** Rows of so many counts each. */
export function countRows<Row extends readonly number[]>(length: Row['length']): z.ZodType<Row[]> {
  return z.custom<Row[]>(
    (value) =>
      Array.isArray(value) && value.every((row) => areCounts(row) && row.length === length),
  );
}

/** By name. */
export const countRecord: z.ZodType<Record<string, number>> = z.custom<Record<string, number>>(
  (value) => isRecord(value) && Object.values(value).every(isCount),
);

/** Lists by name. */
export const countLists: z.ZodType<Record<string, number[]>> = z.custom<Record<string, number[]>>(
  (value) => isRecord(value) && Object.values(value).every(areCounts),
);

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
