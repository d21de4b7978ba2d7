import { readFileSync } from 'node:fs';
import { EigenfleetError } from '../../shared/errors.ts';
import { textOfNames } from '../../shared/host/file-name.ts';

/** What Node puts in place of bytes that are not UTF-8. */
const lost = '\u{FFFD}';

/**
 * Replaces arguments that are not UTF-8, as a shell makes them of such names (`explain *.jpg`), by the text that listings give the same names, in
 * place: Node would hand out a name that does not exist. Only `explain` reads images by that text; elsewhere such an argument is refused.
 *
 * @param argv as `process.argv`; the first two are not arguments.
 * @param readRaw the bytes of the whole command line, each part ended by a zero; `undefined` where the system does not tell.
 * @throws EigenfleetError `usage`.
 */
export function restoreArguments(argv: string[], readRaw = rawCommandLine): void {
  if (!argv.some((argument) => argument.includes(lost))) return;
  const parts = readRaw();
  if (parts === undefined) return;
  // Options of Node itself come before.
  const shift = parts.length - argv.length;
  const values = argv[2] === 'explain' ? 3 : 2;
  for (let index = values; index < argv.length; index++) {
    const bytes = parts[index + shift];
    // A name may hold the replacement character itself: broken archives leave such names.
    if (bytes === undefined || bytes.toString() !== argv[index] || isWhole(bytes)) continue;
    const text = textOfNames(bytes);
    const ofOption = argv[index - 1]?.startsWith('-') === true || text.startsWith('-');
    if (values === 2 || ofOption) throw notUtf8(text);
    argv[index] = text;
  }
}

function isWhole(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}

function notUtf8(text: string): EigenfleetError {
  return new EigenfleetError(
    'usage',
    `The argument ${text} is not valid UTF-8. Rename the file or folder; images with such names are read from the folder above, or from a list.`,
  );
}

function rawCommandLine(): Buffer[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const bytes = readFileSync('/proc/self/cmdline');
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0, from);
    parts.push(bytes.subarray(from, end < 0 ? bytes.length : end));
    from = end < 0 ? bytes.length : end + 1;
  }
  return parts;
}
