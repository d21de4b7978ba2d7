import { posix } from 'node:path';
import { repositoryFiles, repositoryText } from './repository-files.ts';

/** An import of one source file by another; paths from the repository's root. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** A function that has a name: its first line, counted from 1, and how many lines it takes from there to its closing brace. */
export interface SourceFunction {
  readonly path: string;
  readonly line: number;
  readonly lines: number;
  readonly text: string;
}

/** All files of the checkout that git knows. */
export const files: readonly string[] = repositoryFiles();
export const code: readonly string[] = files.filter((path) =>
  /^(src|test|bench)\/.*\.ts$/.test(path),
);
export const sources: readonly string[] = code.filter((path) => path.startsWith('src/'));

/** A source file without its comments. A `//` inside a string goes too, which hides nothing that is looked for here. */
export function codeOf(path: string): string {
  return repositoryText(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(?<!:)\/\/ .*$/gm, '');
}

/** Every relative import of src: static, types only, dynamic, re-export, and the `new URL()` that starts a thread or a process. */
export function sourceImports(): Import[] {
  const specifier =
    /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*['"](\.{1,2}\/[^'"]+\.[jt]s)['"]/g;
  return sources.flatMap((from) =>
    [...codeOf(from).matchAll(specifier)].map((match) => ({
      from,
      to: posix.join(posix.dirname(from), match[1]!).replace(/\.js$/, '.ts'),
    })),
  );
}

/** The packages that a program loads before its first line runs, by the static imports of it and of all that it imports. Types load nothing. */
export function packagesLoadedBy(program: string): Set<string> {
  const statement =
    /^(?:import|export)(?! type\b)(?: (?:[\w$]+|\*(?: as \w+)?|[\w$, ]*\{[^}]*\})? ?from)? ?['"]([^'"]+)['"];/gm;
  const packages = new Set<string>();
  const reached = new Set([program]);
  for (const path of reached) {
    for (const [, specifier = ''] of codeOf(path).matchAll(statement)) {
      if (specifier.startsWith('.')) reached.add(posix.join(posix.dirname(path), specifier));
      else packages.add(specifier);
    }
  }
  return packages;
}

/** `src/worker/shard/slots.ts` -> `worker`; `src/cli.ts` -> `cli`. */
export function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** `src/worker/shard/slots.ts` -> `shard`; `undefined` for a file that lies in its room itself. */
export function subRoomOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 3 ? parts[2] : undefined;
}

/** Circles of imports: the groups of files of which each reaches all others (Tarjan, 1972). */
export function circles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[][] = [];
  const order = new Map<string, number>();
  const open: string[] = [];
  const visit = (path: string): number => {
    order.set(path, order.size);
    let low = order.size - 1;
    open.push(path);
    for (const to of next.get(path) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (open.includes(to)) low = Math.min(low, order.get(to) ?? 0);
    }
    if (low === order.get(path)) {
      const group = open.splice(open.indexOf(path));
      if (group.length > 1) found.push(group.sort());
    }
    return low;
  };
  for (const path of sources) if (!order.has(path)) visit(path);
  return found;
}

/**
 * The named functions, methods and arrow functions of a file, told by the indentation that the formatter gives: a body ends with the first line
 * that holds nothing but the closing brace, as deep as the line where the function begins.
 */
export function functionsOf(path: string): SourceFunction[] {
  const lines = repositoryText(path).split('\n');
  return lines.flatMap((text, index) => {
    const indent = beginningOf(text);
    if (indent === undefined || text.endsWith(';')) return [];
    const end = lines.findIndex(
      (line, at) => at > index && new RegExp(`^${indent}\\}[;,)]*$`).test(line),
    );
    if (end < 0) return [];
    return [{ path, line: index + 1, lines: end - index + 1, text: text.trim() }];
  });
}

const beginnings = [
  /^( *)(?:export )?(?:async )?function\*? /,
  /^( {2})(?:(?:static|async|override|get|set) )*\*?(?!(?:if|for|while|switch|catch|return|throw|super|await)\b)#?\w+(?:<[^(]*>)?\(/,
  /^( *)(?:export )?const \w+(?:: [^=]+)? = (?:async )?(?:\(.*)?.*=> \{$/,
];

/** The indentation of a line that begins a named function. */
function beginningOf(text: string): string | undefined {
  for (const beginning of beginnings) {
    const indent = beginning.exec(text)?.[1];
    if (indent !== undefined) return indent;
  }
  return undefined;
}
