import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { readObjectPart } from '../../evaluate/result/stored-evaluation.ts';
import type { RuleImage } from '../../report/summary/verdict-schema.ts';
import { counted, listed } from '../../report/words/wording.ts';
import { type Column, readRowGroups } from '../../shared/results/parquet-table.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { Ranking } from '../../shared/statistics/exemplars.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { ruleSubject, worseningOutcomes } from './rule-subject.ts';

/** Images that a rule names. */
export const mostRuleImages = 5;

const wanted = ['shard', 'shard_row', 'key', 'outcome', 'class_name', 'size'] as const;
const columns: ReadonlySet<string> = new Set(wanted);

const outcomeWords: Readonly<Record<string, readonly [one: string, many: string]>> = {
  fn: ['miss', 'misses'],
  fp: ['false positive', 'false positives'],
  unjudged: ['detection without usable labels', 'detections without usable labels'],
};

/**
 * The images that figures of labels are worst on, by figure: those with the most objects that make it worse. One pass over `objects/`, a row group at a time; the rows of
 * an image stand together. Parts that are not those of the evaluation say nothing.
 */
export async function objectImages(
  { store, runId }: { readonly store: ObjectStore; readonly runId: string },
  evaluation: Evaluation,
  figures: readonly string[],
): Promise<ReadonlyMap<string, readonly RuleImage[]>> {
  const tallies = new Map(figures.map((figure) => [figure, new ImageTally(figure)]));
  for (const [part, own] of evaluation.objects.parts.entries()) {
    if (tallies.size === 0) break;
    const bytes = await readObjectPart(store, objectKeys.objects(runId, part), own);
    if (bytes === undefined) continue;
    const { buffer } = Uint8Array.from(bytes);
    for await (const table of readRowGroups(buffer, columns)) addTable(table, tallies);
  }
  return new Map([...tallies].map(([figure, tally]) => [figure, tally.finish()]));
}

function addTable(
  {
    rowCount,
    columns: read,
  }: { readonly rowCount: number; readonly columns: ReadonlyMap<string, Column> },
  tallies: ReadonlyMap<string, ImageTally>,
): void {
  const [shards = [], rows = [], keys = [], outcomes = [], classes = [], sizes = []] = wanted.map(
    (name) => read.get(name),
  );
  for (let i = 0; i < rowCount; i++) {
    const place = { shard: Number(shards[i]), row: Number(rows[i]), key: String(keys[i]) };
    const object = { outcome: String(outcomes[i]), className: classes[i], size: sizes[i] };
    for (const tally of tallies.values()) tally.add(place, object);
  }
}

interface ImagePlace {
  readonly shard: number;
  readonly row: number;
  readonly key: string;
}

interface TalliedObject {
  readonly outcome: string;
  readonly className: unknown;
  readonly size: unknown;
}

/** Counts, image by image, the objects that make one figure worse. */
class ImageTally {
  readonly #outcomes: readonly string[];
  readonly #className: string | undefined;
  readonly #size: string | undefined;
  readonly #ranking = new Ranking('highest', mostRuleImages);
  readonly #words = new Map<string, string>();
  #image: ImagePlace | undefined;
  #counts = new Map<string, number>();

  constructor(figure: string) {
    const { base, className, size } = ruleSubject(figure);
    this.#outcomes = worseningOutcomes(base);
    this.#className = className;
    this.#size = size;
  }

  add(place: ImagePlace, { outcome, className, size }: TalliedObject): void {
    if (place.shard !== this.#image?.shard || place.row !== this.#image.row) {
      this.#close();
      this.#image = place;
    }
    if (!this.#outcomes.includes(outcome)) return;
    if (this.#className !== undefined && className !== this.#className) return;
    if (this.#size !== undefined && size !== this.#size) return;
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  finish(): RuleImage[] {
    this.#close();
    return this.#ranking.build().map(({ key, shard, row }) => ({
      ...{ key, shard, row },
      words: this.#words.get(`${shard} ${row}`) ?? '',
    }));
  }

  #close(): void {
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    if (this.#image !== undefined && total > 0) {
      const { shard, row } = this.#image;
      this.#ranking.add({ ...this.#image, value: total });
      if (this.#ranking.build().some((one) => one.shard === shard && one.row === row)) {
        this.#words.set(`${shard} ${row}`, this.#wordsOfCounts());
      }
      this.#counts = new Map();
    }
  }

  #wordsOfCounts(): string {
    const parts = this.#outcomes.flatMap((outcome) => {
      const count = this.#counts.get(outcome) ?? 0;
      const [one = outcome, many = outcome] = outcomeWords[outcome] ?? [];
      return count === 0 ? [] : [counted(count, one, many)];
    });
    return listed(parts);
  }
}
