import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/**
 * Whether a stream shows colours: a terminal only, and not where NO_COLOR or a dumb terminal says otherwise. picocolors' own answer is not
 * asked, because it is yes wherever CI is set: a log would fill with escape codes.
 */
export function showsColours(stream: Pick<WriteStream, 'isTTY'>): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** Colours for a stream; where it shows none they change nothing. */
export function coloursOf(stream: Pick<WriteStream, 'isTTY'>): Colours {
  return pc.createColors(showsColours(stream));
}
