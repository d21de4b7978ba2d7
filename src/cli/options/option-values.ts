import { z } from 'zod';
import { EigenfleetError } from '../../shared/errors.ts';
import { kebabOf } from '../../shared/settings/run-settings.ts';
import { numeric, type SettingValue } from '../../shared/settings/setting-values.ts';

/** The options of a command by their names in camelCase; each takes the text of the command line, or nothing. */
export type OptionShape = Readonly<Record<string, SettingValue<unknown>>>;

export type OptionValues<Shape extends OptionShape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends SettingValue<infer Output> ? Output : never;
};

/**
 * Validates the options of a service; ignores others.
 *
 * @throws EigenfleetError `usage` for the first invalid value: which one, what is expected, what was given.
 */
export function parseOptions<Shape extends OptionShape>(
  shape: Shape,
  raw: Readonly<Record<string, unknown>>,
): OptionValues<Shape> {
  const values = Object.entries(shape).map(([name, { schema, expected }]) => {
    const value = raw[name];
    const parsed = schema.safeParse(value);
    if (parsed.success) return [name, parsed.data];
    throw new EigenfleetError(
      'usage',
      `--${kebabOf(name)} must be ${expected}, not ${JSON.stringify(value)}.`,
    );
  });
  return Object.fromEntries(values) as OptionValues<Shape>;
}

export function wholeNumber(least: number, most: number): SettingValue<number> {
  return {
    schema: z.preprocess(numeric, z.int().min(least).max(most)),
    expected: `a whole number from ${least} to ${most}`,
  };
}

/** Node's timers hold 24 days, and fire at once beyond them. */
const mostSeconds = 1_000_000;

/** A time; `atOnce` lets it be 0. */
export function seconds(atOnce?: 'atOnce'): SettingValue<number> {
  const number = z.number().max(mostSeconds);
  return {
    schema: z.preprocess(numeric, atOnce ? number.min(0) : number.positive()),
    expected: atOnce
      ? `a number of seconds from 0 to ${mostSeconds}`
      : `a number of seconds above 0, up to ${mostSeconds}`,
  };
}

/** 0 picks a free one. */
export const port = wholeNumber(0, 65_535);

export const anyText: SettingValue<string> = { schema: z.string(), expected: 'a text' };

export const isSaid: SettingValue<boolean> = {
  schema: z.boolean().default(false),
  expected: 'present or absent',
};

export const texts: SettingValue<string[]> = {
  schema: z.array(z.string()),
  expected: 'one or more values',
};

/** An option without a default. */
export function optional<Output>(value: SettingValue<Output>): SettingValue<Output | undefined> {
  return { ...value, schema: value.schema.optional() };
}
