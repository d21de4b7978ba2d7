import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BenchResults } from './bench-results.ts';

/** Writes results, each row in the place of the one of its name that is kept. Those that are kept of other builds or of another machine go. */
export async function keepResults(path: string, results: BenchResults): Promise<void> {
  const kept = withKept(results, await keptResults(path));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(kept, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** @param kept `undefined` where nothing is kept. */
export function withKept(results: BenchResults, kept: BenchResults | undefined): BenchResults {
  if (kept === undefined || !isAlike(results, kept)) return results;
  const own = new Map(results.rows.map((row) => [row.id, row]));
  const replaced = kept.rows.map((row) => own.get(row.id) ?? row);
  const known = new Set(kept.rows.map(({ id }) => id));
  return { ...results, rows: [...replaced, ...results.rows.filter(({ id }) => !known.has(id))] };
}

function isAlike(a: BenchResults, b: BenchResults): boolean {
  // The load of the machine is that of the first of them.
  const stamp = ({ length, machine, build, against }: BenchResults) =>
    JSON.stringify([length, machine.join('\n').replace(/, load .*/, ''), build, against]);
  return stamp(a) === stamp(b);
}

async function keptResults(path: string): Promise<BenchResults | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
