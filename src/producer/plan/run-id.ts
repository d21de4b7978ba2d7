import { createHash } from 'node:crypto';
import type { ExplainOptions, ModelSpec } from '../../shared/run/run-spec.ts';

/** What a run's results depend on. */
export interface RunIdentity {
  /** Only makes the id readable; not hashed. */
  readonly datasetName: string;
  /** sha256 over the sorted (key, size, etag) lines. */
  readonly digest: string;
  /** The file, and how it is read: `--task`, `--names`, `--imgsz` and `--prepare` change results too. Its place does not. */
  readonly model: ModelSpec;
  readonly options: ExplainOptions;
  /**
   * Shards end by the names of the images (`stableShards`). What is compared within a shard, such as the lift of other images' maps, depends on which images share one, and so does the
   * sample of overlays. Partners from the whole dataset would not: but then one image more would change numbers of images in other shards, and no shard could be computed alone.
   */
  readonly isCutByNames?: boolean;
  /** Whose run it is, where several may have one over the same images: an audit, whose verdict stands in its report. */
  readonly owner?: string | undefined;
}

/**
 * `<name>-<12 hex digits>`: begins with a letter, only `a-z0-9-`, at most 53 characters, so that it is an object key, a folder name
 * and part of a queue's job id. The same images, model and options produce the same id on every machine, whatever the device,
 * threads or batch.
 */
export function runIdOf(run: RunIdentity): string {
  const { datasetName, digest, model, options, isCutByNames, owner } = run;
  const identity = canonicalJson({
    schema: 'run@2',
    digest,
    model: {
      sha256: model.sha256,
      task: model.task,
      classNames: model.classNames,
      inputHeight: model.inputHeight,
      inputWidth: model.inputWidth,
      // Absent in most runs, whose ids stay what they were.
      preparation: model.preparation,
      rectStride: model.rectStride,
      inputChannels: model.inputChannels,
    },
    options,
    cut: isCutByNames ? 'names' : undefined,
    owner,
  });
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return `${slugOf(datasetName)}-${hash}`;
}

/** JSON with the keys of every object sorted: equal values produce equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return slug === '' ? 'run' : slug;
}
