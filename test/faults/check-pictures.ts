import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { onlyRun, rowsOf } from '../support/fleet.ts';
import type { DamagedPicture } from './damaged-picture.ts';
import type { EncodedPicture } from './picture-pool.ts';
import { counted } from './schedule-verdict.ts';
import { type WatchedCall, watchCli } from './watched-cli.ts';

export interface PictureCheck {
  readonly wrong: readonly string[];
  readonly peakMB: number;
  /** Those that were under way for longer than they may: to be tried alone, as a busy machine makes waiting look like work. */
  readonly slow: readonly DamagedPicture[];
  /** Status -> how many damaged pictures ended with it. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly ownMs: number;
}

export interface PictureSetting {
  /** `--model` and what belongs to it. */
  readonly model: readonly string[];
  readonly folder: string;
  /** Whole pictures, which must come out as they do alone. */
  readonly good: readonly EncodedPicture[];
  /** Their rows, by name, of a run in which nothing was damaged. */
  readonly goodRows: ReadonlyMap<string, StoredRow>;
}

export const mostMemoryMB = 700;
export const longestMs = 5000;
const patienceMs = 600_000;

/** Rows of the whole pictures alone. Throws when one of them fails: then the pictures are wrong, and nothing can be told. */
export async function explainGood(
  setting: Omit<PictureSetting, 'goodRows'>,
): Promise<ReadonlyMap<string, StoredRow>> {
  const { rows, call } = await runOver(setting, []);
  const failed = rows.filter(({ status }) => status !== 'success');
  if (call.exit !== 0 || failed.length > 0) {
    const why = failed.map(({ key, reason }) => `${key}: ${reason}`).join('\n');
    throw new Error(`Whole pictures cannot be explained (${call.exit}): ${call.stderr}${why}`);
  }
  return new Map(rows.map((row) => [basename(row.key), row]));
}

/** One `run` over damaged and whole pictures together, and what must hold of it. */
export async function checkPictures(
  setting: PictureSetting,
  damaged: readonly DamagedPicture[],
): Promise<PictureCheck> {
  const { rows, call, slow } = await runOver(setting, damaged);
  const bad = new Map(rows.map((row) => [basename(row.key), row]));
  const statuses = new Map<string, number>();
  for (const { name } of damaged) {
    const status = bad.get(name)?.status ?? 'missing';
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const names = damaged.map(({ name }) => name);
  const silent = names.filter((name) => {
    const row = bad.get(name);
    return row !== undefined && row.status !== 'success' && !row.reason;
  });
  const touched = [...setting.goodRows].filter(([name, row]) => !isSameResult(row, bad.get(name)));
  const wrong = [
    ...wordsOf(call),
    ...(rows.length > new Set(rows.map(({ key }) => key)).size ? ['rows are doubled'] : []),
    ...counted(
      names.filter((name) => !bad.has(name)),
      'pictures have no row',
    ),
    ...counted(silent, 'rows without a reason'),
    ...counted(
      touched.map(([name]) => name),
      'whole pictures came out otherwise than alone',
    ),
  ];
  const { peakMB, ownMs } = call;
  return { wrong, peakMB, ownMs, statuses, slow: damaged.filter(({ name }) => slow.has(name)) };
}

/** Of the process: how it ended, what it printed, what it took. */
function wordsOf({ exit, peakMB, stderr }: WatchedCall): string[] {
  const odd = stderr
    .split('\n')
    .filter(
      (line) =>
        line.includes('\u001b') || /^ {4}at |unexpected fault|GLib|VIPS-|Warning:/.test(line),
    );
  return [
    // 4: none of them could be explained, as may be when there is one alone.
    ...(exit === 0 || exit === 4 ? [] : [`exit ${exit}: ${stderr.slice(-300)}`]),
    ...(peakMB > mostMemoryMB ? [`${Math.round(peakMB)} MB`] : []),
    ...counted(odd, 'odd lines'),
  ];
}

async function runOver(
  { folder, model, good }: Omit<PictureSetting, 'goodRows'>,
  damaged: readonly DamagedPicture[],
): Promise<{ call: WatchedCall; rows: StoredRow[]; slow: ReadonlySet<string> }> {
  const work = await mkdtemp(join(folder, 'pictures-'));
  const [images, out] = [join(work, 'images'), join(work, 'out')];
  for (const name of ['bad', 'good']) await mkdir(join(images, name), { recursive: true });
  for (const { name, bytes } of damaged) await writeFile(join(images, 'bad', name), bytes);
  for (const [n, { extension, bytes }] of good.entries()) {
    await writeFile(join(images, 'good', goodName(n, extension)), bytes);
  }
  const underWay = new UnderWay(out);
  const options = ['--device', 'cpu', '--shard-size', '64', '--quiet'];
  const call = await watchCli(['run', ...model, '-i', images, '-o', out, ...options], {
    patienceMs,
    look: (ownMs) => underWay.look(ownMs),
  });
  const rows = call.exit === 0 || call.exit === 4 ? await rowsIn(out) : [];
  await rm(work, { recursive: true });
  const keys = new Map(rows.map((row) => [`${row.shard} ${row.row}`, basename(row.key)]));
  const slow = [...underWay.longerThan(longestMs)].map((place) => keys.get(place) ?? '');
  return { call, rows, slow: new Set(slow) };
}

function goodName(n: number, extension: string): string {
  return `good-${String(n).padStart(3, '0')}.${extension}`;
}

async function rowsIn(out: string): Promise<StoredRow[]> {
  const { store, runId } = await onlyRun(out);
  return rowsOf(store, runId);
}

/** Equal but for the place in the run. */
function isSameResult(row: StoredRow, other: StoredRow | undefined): boolean {
  return other !== undefined && isDeepStrictEqual(withoutPlace(row), withoutPlace(other));
}

function withoutPlace(row: StoredRow): object {
  const place = { shard: 0, row: 0, key: '', mapRow: 0, overlay: false, etag: '' };
  const { evidence, boxMaps } = row;
  // Whether an image is unusual is for the other images to say.
  const flags = row.flags?.filter((flag) => flag !== 'outlier');
  const maps = { evidence: atNoOffset(evidence), boxMaps: atNoOffset(boxMaps) };
  return { ...row, ...place, ...maps, flags, unusual: undefined };
}

/** Where a map lies in its shard's file depends on the images before it. */
function atNoOffset(maps: readonly { readonly mapOffset?: number | undefined }[] | undefined) {
  return maps?.map((map) => ({ ...map, mapOffset: 0 }));
}

/** How long each image of a run has been under way, from the notes that the worker keeps of that: `+12` begun, `-12` ended. */
class UnderWay {
  readonly #out: string;
  readonly #since = new Map<string, number>();
  readonly #longest = new Map<string, number>();

  constructor(out: string) {
    this.#out = out;
  }

  look(now: number): void {
    const open = new Set(this.#logs().flatMap(openRows));
    for (const place of open) {
      const since = this.#since.get(place) ?? now;
      this.#since.set(place, since);
      this.#longest.set(place, Math.max(this.#longest.get(place) ?? 0, now - since));
    }
    for (const place of this.#since.keys()) if (!open.has(place)) this.#since.delete(place);
  }

  longerThan(ms: number): string[] {
    return [...this.#longest].filter(([, longest]) => longest > ms).map(([place]) => place);
  }

  #logs(): { shard: number; text: string }[] {
    try {
      return readdirSync(this.#out, { recursive: true, encoding: 'utf8' })
        .filter((path) => /in-flight\/\d+\.\d+\.log$/.test(path))
        .map((path) => ({
          shard: Number.parseInt(basename(path), 10),
          text: readFileSync(join(this.#out, path), 'utf8'),
        }));
    } catch {
      return [];
    }
  }
}

function openRows({ shard, text }: { shard: number; text: string }): string[] {
  const open = new Set<string>();
  for (const [, sign, row] of text.matchAll(/^([+-])(\d+)/gm)) {
    if (sign === '+') open.add(`${shard} ${row}`);
    else open.delete(`${shard} ${row}`);
  }
  return [...open];
}
