import { z } from 'zod';
import { runBounds } from '../run/run-bounds.ts';
import type { OverlayPlan } from '../run/run-spec.ts';
import { tasks } from '../run/task-traits.ts';
import { s3EndpointExpected, s3EndpointSchema } from '../storage/s3/s3-endpoint.ts';

/**
 * Values that a person may write, on the command line (always text) or in a config file (text, numbers, lists): a schema that takes
 * both spellings, and the words that complete "must be ...".
 */
export interface SettingValue<Output> {
  readonly schema: z.ZodType<Output>;
  readonly expected: string;
}

/** Text that is a number, as that number; an empty one is not. */
export const numeric = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
const listed = (value: unknown): unknown => {
  if (typeof value === 'string') return value.split(',').map((part) => part.trim());
  return Array.isArray(value) ? value : [value];
};
const name = z.union([z.string(), z.number()]).transform(String).pipe(z.string().trim().min(1));

export const text: SettingValue<string> = { schema: name, expected: 'non-empty text' };

/** A place of labels; `false` (also `off`, and `none`) for none. */
export const labels: SettingValue<string | false> = {
  schema: z.preprocess(
    (value) => (value === 'off' || value === 'none' || value === 'false' ? false : value),
    z.union([z.literal(false), name]),
  ),
  expected: 'a folder, an s3:// address, a COCO .json file, or false',
};

/** How images are grouped; a pattern is checked where it is used. */
export const group: SettingValue<string> = {
  schema: z.string().min(1).max(500),
  expected: 'image, folder, video, or a regular expression',
};

export const onOff: SettingValue<boolean> = {
  schema: z.preprocess(
    (value) =>
      value === 'true' || value === 'on'
        ? true
        : value === 'false' || value === 'off'
          ? false
          : value,
    z.boolean(),
  ),
  expected: 'true or false',
};

export const share: SettingValue<number> = {
  schema: z.preprocess(numeric, z.number().min(0).max(1)),
  expected: 'a number from 0 to 1',
};

export const positive: SettingValue<number> = {
  schema: z.preprocess(numeric, z.number().min(0)),
  expected: 'a number of 0 or more',
};

export const aboveZero: SettingValue<number> = {
  schema: z.preprocess(numeric, z.number().positive()),
  expected: 'a number above 0',
};

const numberList = (value: unknown): unknown => (listed(value) as unknown[]).map(numeric);

export const numbers: SettingValue<number[]> = {
  schema: z.preprocess(numberList, z.array(z.number()).min(1)),
  expected: 'numbers separated by commas',
};

export const numbersAboveZero: SettingValue<number[]> = {
  schema: z.preprocess(numberList, z.array(z.number().positive()).min(1)),
  expected: 'numbers above 0, separated by commas',
};

export const count: SettingValue<number> = {
  schema: z.preprocess(numeric, z.int().positive()),
  expected: 'a whole number of 1 or more',
};

/** Greater than any machine has use for: 5,000 take minutes to start, and a slip of the hand should not stop a machine. */
const mostThreads = 1024;

export const threads: SettingValue<number> = countUpTo(mostThreads);

const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3600 };
/** Node's timers hold 24 days. */
const mostSeconds = 1_000_000;

/** A length of time in seconds: a number of them, or one with its unit, such as `90s`, `10m` or `1.5h`. */
export const duration: SettingValue<number> = {
  schema: z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    const [, number, unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*(s|min|m|h)?\s*$/.exec(value) ?? [];
    return number === undefined ? value : Number(number) * (secondsOfUnit[unit] ?? 1);
  }, z.number().min(0).max(mostSeconds)),
  expected: 'a time in seconds, or with a unit, such as 90s, 10m or 1h',
};

/** A count within the bounds of a run: see `runBounds`. */
export function countUpTo(most: number): SettingValue<number> {
  return {
    schema: z.preprocess(numeric, z.int().min(1).max(most)),
    expected: `a whole number from 1 to ${most}`,
  };
}

/** The same with 0, for what may be turned off. */
export function countFromZero(most: number): SettingValue<number> {
  return {
    schema: z.preprocess(numeric, z.int().min(0).max(most)),
    expected: `a whole number from 0 to ${most}`,
  };
}

export const mapBits: SettingValue<8 | 16> = {
  schema: z.preprocess(numeric, z.literal([8, 16])),
  expected: '8 or 16',
};

export function oneOf<const Names extends readonly [string, ...string[]]>(
  names: Names,
): SettingValue<Names[number]> {
  return { schema: z.enum(names), expected: `one of ${names.join(', ')}` };
}

/** One pattern (a comma may be part of it) or several. */
export const conditions: SettingValue<string[]> = {
  schema: z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(z.string().min(1)).min(1),
  ),
  expected: 'a condition such as "recall<0.7" or "failed>5%"',
};

export const patterns: SettingValue<string[]> = {
  schema: z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(z.string().min(1)).min(1),
  ),
  expected: 'a pattern such as "train/**" or "*_aug.jpg"',
};

export const layerNames: SettingValue<string[]> = {
  schema: z.preprocess(listed, z.array(name).min(1)),
  expected: 'layers separated by commas, such as 15,18,-2, 15-21, head, backbone or all',
};

export const components: SettingValue<number[]> = {
  schema: z.preprocess(
    (value) => (listed(value) as unknown[]).flatMap(spread).map(numeric),
    z.array(z.int().positive().max(runBounds.components)).min(1),
  ),
  expected: 'component numbers counted from 1, separated by commas, such as 1 or 1-4,8',
};

/** `1-4` becomes 1, 2, 3, 4; all else stays as it is. */
function spread(item: unknown): unknown[] {
  const [, first, last] =
    (typeof item === 'string' && /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(item)) || [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && Number(last) <= runBounds.components)) return [item];
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}

/** Names or ids of classes, or one word for many: `all`, `found`, `none`. */
export const classChoice: SettingValue<string[]> = {
  schema: z
    .preprocess(listed, z.array(name).min(1))
    .refine((words) => words.length === 1 || !words.some((word) => manyClasses.includes(word))),
  expected: 'classes separated by commas, or one of found, all and none',
};
const manyClasses = ['all', 'found', 'none'];

/** The fused map, or the evidence of a class by name or id. */
export const overlayMap: SettingValue<string> = {
  schema: z.string().regex(/^(?:fused|evidence:.*\S.*)$/),
  expected: 'fused, or evidence: and a class, such as evidence:WBC',
};

/** Class names by id: a list, or as data.yaml writes them, a mapping from id to name. */
export const classNames: SettingValue<string[]> = {
  schema: z.preprocess(
    (value) => (isMapping(value) ? inOrder(value) : listed(value)),
    z.array(name).min(1),
  ),
  expected: 'class names in the order of their ids, separated by commas',
};

/** Height and width in pixels. */
export const imageSize: SettingValue<[number, number]> = {
  schema: z.preprocess(
    (value) => {
      const sides = (
        listed(typeof value === 'string' ? value.replace(/x/i, ',') : value) as unknown[]
      ).map(numeric);
      return sides.length === 1 ? [sides[0], sides[0]] : sides;
    },
    z.tuple([z.int().positive(), z.int().positive()]),
  ),
  expected: 'a size in pixels such as 640, or height,width such as 384,640',
};

export const device: SettingValue<string> = {
  schema: z.string().regex(/^(?:auto|cpu|webgpu|coreml|dml|(?:cuda|tensorrt)(?::\d+)?)$/),
  expected: 'auto, cpu, cuda, cuda:1, tensorrt, webgpu, coreml or dml',
};

export const endpoint: SettingValue<string> = {
  schema: s3EndpointSchema,
  expected: s3EndpointExpected,
};

export const task = oneOf(tasks);

export const overlays: SettingValue<OverlayPlan> = {
  schema: z
    .preprocess(
      listed,
      z.array(z.string().regex(/^(?:all|none|flagged|sample:[1-9]\d{0,8})$/)).min(1),
    )
    .refine(
      (words) => words.length === 1 || words.every((word) => /^(?:flagged|sample)/.test(word)),
    )
    .transform((words) => ({
      all: words.includes('all'),
      flagged: words.includes('flagged'),
      sample: Number(words.find((word) => word.startsWith('sample:'))?.slice(7) ?? 0),
    })),
  expected: 'all, flagged, sample:N, flagged,sample:N or none',
};

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(names: Readonly<Record<string, unknown>>): unknown[] {
  return Object.keys(names).map((_, id) => names[id]);
}
