import { randomBytes } from 'node:crypto';
import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/**
 * Stands for the escape character in what we color, until `screenText` writes it: that is how our own colors are told from escape sequences in file names,
 * which no text can imitate. U+FDD0 is a noncharacter (Unicode 17, section 23.7).
 */
export const colourMark = `\u{fdd0}${randomBytes(8).toString('hex')}`;

/**
 * Whether a stream shows colours: a terminal only, and not where NO_COLOR or a dumb terminal says otherwise. picocolors' own answer is not
 * asked, because it is yes wherever CI is set: a log would fill with escape codes.
 */
export function showsColours(
  stream: Pick<WriteStream, 'isTTY'>,
  { NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** Colours for a stream, which shows them when they go through `screenText`; where it shows none they change nothing. */
export function coloursOf(stream: Pick<WriteStream, 'isTTY'>, env = process.env): Colours {
  return showsColours(stream, env) ? markedColours() : noColours;
}

export const noColours: Colours = pc.createColors(false);

function markedColours(): Colours {
  const colours = pc.createColors(true);
  const marked = Object.entries(colours).map(([name, colour]) => [
    name,
    typeof colour === 'function' ? markedColour(colour) : colour,
  ]);
  return Object.fromEntries(marked) as Colours;
}

/** Both sequences are known by coloring a text of one letter. An escape within the text stays what it is: data. */
function markedColour(colour: (text: string) => string) {
  const [open = '', close = ''] = colour('x').replaceAll('\u{1b}', colourMark).split('x');
  return (text: unknown): string => `${open}${text}${close}`;
}
