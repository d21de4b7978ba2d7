/** The class names of the model and of the dataset. */
export interface ClassNaming {
  /** Of the dataset, by class id. */
  readonly dataset: readonly string[];
  /** Where the dataset's names come from, for people: `data.yaml`. */
  readonly source: string;
  /** Of the model, by class id. */
  readonly model: readonly string[];
}

/**
 * Returns a sentence when a dataset names its classes differently from the model, with the first two names that differ: results carry the model's names, and
 * labels in another order mean other classes. `undefined` when the names agree.
 */
export function namingWarning({ dataset, source, model }: ClassNaming): string | undefined {
  const shared = Math.min(dataset.length, model.length);
  const at = dataset.slice(0, shared).findIndex((name, id) => name.trim() !== model[id]?.trim());
  if (at < 0 && dataset.length === model.length) return undefined;
  if (at < 0) {
    return `${source} names ${dataset.length} classes and the model ${model.length}: results use the model's.`;
  }
  const isReordered = [...dataset].sort().join('\n') === [...model].sort().join('\n');
  const order = isReordered ? ', with the same classes in another order' : '';
  return `Class ${at} is "${dataset[at]}" in ${source} and "${model[at]}" in the model${order}: results use the model's names. If the model was trained on other data, check --model; if only names differ, set them with --names.`;
}
