import { fileURLToPath } from 'node:url';

/**
 * Returns what a line of a list may mean, in the order to try: unchanged, since blanks, quotes and backslashes may be part of a name; then without
 * blanks at its ends, without quotes around it, as the path of a file: address, with slashes for backslashes.
 */
export function spellingsOf(line: string): readonly string[] {
  const trimmed = line.trim();
  const bare = /^(["']).+\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  const path = /^file:\/\//i.test(bare) ? pathOfAddress(bare) : bare;
  return [...new Set([line, trimmed, path, path.replaceAll('\\', '/')])];
}

/** Returns what is odd about a name that matched nothing, as a clause about "it"; `undefined` when nothing is. */
export function oddityOf(name: string): string | undefined {
  if (/\s$/.test(name)) return 'it ends with a space';
  if (/^\s/.test(name)) return 'it begins with a space';
  if (name.includes('\\')) return 'it contains backslashes';
  if (/^["']|["']$/.test(name)) return 'it contains quotes';
  return undefined;
}

/** The first spelling of a line that leads to a file; the line as it is when none does. */
export async function foundSpelling(
  spellings: readonly string[],
  exists: (spelling: string) => Promise<boolean>,
): Promise<string> {
  if (spellings.length > 1) {
    for (const spelling of spellings) if (await exists(spelling)) return spelling;
  }
  return spellings[0] ?? '';
}

/** Enough at once to hide the latency of a network disk. */
const atOnce = 64;

/** Like `Promise.all` of `lines.map(resolve)`, some at a time. */
export async function resolveAll(
  lines: readonly string[],
  resolve: (line: string) => Promise<string>,
): Promise<string[]> {
  const resolved: string[] = [];
  for (let start = 0; start < lines.length; start += atOnce) {
    for (const path of await Promise.all(lines.slice(start, start + atOnce).map(resolve))) {
      resolved.push(path);
    }
  }
  return resolved;
}

function pathOfAddress(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return address;
  }
}
