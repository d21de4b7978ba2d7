import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';

/** How images are grouped, beside a pattern. */
export const groupRules = ['image', 'folder', 'video'] as const;

/** A longer pattern is a mistake. */
const longestPattern = 500;

/** Returns the group of an image by its key. */
export type GroupOf = (key: string) => string;

/**
 * Reads a rule of grouping: `image`, `folder`, `video` (the name without the number at its end, within its folder) or a regular expression, whose first group,
 * or else its match, names the group. An image that the pattern does not match stands for itself.
 *
 * @throws EigenfleetError `usage` for a pattern that is not a regular expression.
 */
export function groupOf(rule: string): GroupOf {
  if (rule === 'image') return (key) => key;
  if (rule === 'folder') return folderOf;
  if (rule === 'video') return videoOf;
  const pattern = patternOf(rule);
  return (key) => {
    const match = pattern.exec(key);
    return match?.[1] ?? match?.[0] ?? key;
  };
}

const timeoutSchema = z.object({ code: z.literal('ERR_SCRIPT_EXECUTION_TIMEOUT') });

/** Time that a pattern may take for the images of a shard: one that backtracks without end must not hold a worker. */
const mostMs = 1_000;

/**
 * The groups of many images, in their order.
 *
 * @throws EigenfleetError `usage` for a pattern that takes too long on their names.
 */
export function groupsOf(rule: string, keys: readonly string[]): string[] {
  const ofKey = groupOf(rule);
  if (groupRules.some((known) => known === rule)) return keys.map(ofKey);
  try {
    return runInNewContext('keys.map(ofKey)', { keys, ofKey }, { timeout: mostMs });
  } catch (cause) {
    // It is an error of the other context.
    if (!timeoutSchema.safeParse(cause).success) throw cause;
    throw new EigenfleetError(
      'usage',
      `--group takes more than ${mostMs / 1000} s for ${keys.length} names: give a simpler pattern than ${JSON.stringify(rule)}.`,
      { cause },
    );
  }
}

function folderOf(key: string): string {
  const slash = key.lastIndexOf('/');
  return slash < 0 ? '.' : key.slice(0, slash);
}

/** `cars/left_000123.jpg` is of `cars/left`, `cars/000123.jpg` of `cars`. */
function videoOf(key: string): string {
  const folder = folderOf(key);
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const video = name.replace(/[\s._-]*(?:frame|img|image)?[\s._-]*\d+$/i, '');
  return video === '' ? folder : `${folder === '.' ? '' : `${folder}/`}${video}`;
}

function patternOf(rule: string): RegExp {
  const hint = 'Give folder, video, or a pattern such as "^(patient\\d+)".';
  if (rule === '' || rule.length > longestPattern) {
    throw new EigenfleetError('usage', `--group takes up to ${longestPattern} characters. ${hint}`);
  }
  try {
    return new RegExp(rule, 'u');
  } catch (cause) {
    const reason = messageOf(cause);
    throw new EigenfleetError('usage', `--group is not a pattern (${reason}). ${hint}`, { cause });
  }
}
