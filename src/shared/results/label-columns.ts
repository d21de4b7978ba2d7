import { z } from 'zod';
import { labelStatuses, type SampleLabels } from '../run/labels/sample-labels.ts';
import { labelElements, labelOf, labelSchema, storedLabel } from './detection-columns.ts';
import { list, struct, text } from './parquet-elements.ts';

/*
 * The labels of an image, as columns: only of runs with labels, and null for an image that was not explained.
 */

const remarkElements = struct([text('what', 'REQUIRED'), text('place', 'REQUIRED')]);
export const labelColumns = [
  [text('label_status', 'OPTIONAL')],
  [text('label_digest', 'OPTIONAL')],
  list('label_remarks', remarkElements, 'OPTIONAL'),
  list('labels', labelElements, 'OPTIONAL'),
];

const columnsSchema = z.object({
  label_status: z.enum(labelStatuses),
  label_digest: z.string().nullish(),
  label_remarks: z.array(z.object({ what: z.string(), place: z.string() })),
  labels: z.array(labelSchema),
});

export function storedLabels(labels: SampleLabels | undefined, names: readonly string[]) {
  if (labels === undefined) return {};
  return {
    label_status: labels.status,
    label_digest: labels.digest,
    label_remarks: labels.remarks.map(({ what, where }) => ({ what, place: where })),
    labels: labels.objects.map((object) => storedLabel(object, names)),
  };
}

/** Nothing of a table without these columns, and of an image that was not explained. */
export function labelsOf(table: Readonly<Record<string, unknown>>): { labels?: SampleLabels } {
  if (table.label_status === null || table.label_status === undefined) return {};
  const { label_status, label_digest, label_remarks, labels } = columnsSchema.parse(table);
  return {
    labels: {
      status: label_status,
      objects: labels.map(labelOf),
      remarks: label_remarks.map(({ what, place }) => ({ what, where: place })),
      ...(label_digest && { digest: label_digest }),
    },
  };
}
