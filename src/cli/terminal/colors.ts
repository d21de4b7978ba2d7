import { randomBytes } from 'node:crypto';
import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Stands for the escape character in our colors until `screenText` writes it: this distinguishes our colors from escape sequences in file names,
 * which no text can imitate. U+FDD0 is a noncharacter (Unicode 17, section 23.7).
 */
export const colorMark = `\u{fdd0}${randomBytes(8).toString('hex')}`;

/**
 * Returns whether a stream shows colors: only on a terminal, and not with NO_COLOR or a dumb terminal. picocolors' own answer is not
 * used, because it is yes wherever CI is set: a log would fill with escape codes.
 */
export function showsColors(
  stream: Pick<WriteStream, 'isTTY'>,
  { NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** Returns colors for a stream, which appear when they go through `screenText`; where it shows none they change nothing. */
export function colorsOf(stream: Pick<WriteStream, 'isTTY'>, env = process.env): Colors {
  return showsColors(stream, env) ? markedColors() : noColors;
}

export const noColors: Colors = pc.createColors(false);

function markedColors(): Colors {
  const colors = pc.createColors(true);
  const marked = Object.entries(colors).map(([name, color]) => [
    name,
    typeof color === 'function' ? markedColor(color) : color,
  ]);
  return Object.fromEntries(marked) as Colors;
}

/** Both sequences are known by coloring a text of one letter. An escape within the text stays what it is: data. */
function markedColor(color: (text: string) => string) {
  const [open = '', close = ''] = color('x').replaceAll('\u{1b}', colorMark).split('x');
  return (text: unknown): string => `${open}${text}${close}`;
}
