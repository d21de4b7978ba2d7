import type { LabelEntry, LabelKind } from '../../shared/run/labels/label.ts';
import type { Sample } from '../../shared/run/sample.ts';

/** One way in which a dataset may be labeled. Opens nothing until it is read. */
export interface LabelSource {
  readonly kind: LabelKind;
  /** Where the labels are: `file:///...` or `s3://...`. */
  readonly rootUri: string;
  /** For people. */
  readonly description: string;
  /** One for each sample, in their order. */
  entries(samples: AsyncIterable<Sample>): AsyncIterable<LabelEntry>;
  /** By the labels' class id, once the entries were read; `undefined` where the source names none. */
  classNames(): readonly string[] | undefined;
}

/** Whether an entry says anything. */
export function isLabeled(entry: LabelEntry): boolean {
  return entry.file !== undefined || entry.labels !== undefined;
}
