import { z } from 'zod';
import { currentFlag, flagNames } from './flag-catalog.ts';

/** A flag as a file has it, by the name that it has now. */
export const storedFlagSchema = z.preprocess(
  (value) => (typeof value === 'string' ? currentFlag(value) : value),
  z.enum(flagNames),
);
