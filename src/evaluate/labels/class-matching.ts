import type { LabelSpec } from '../../shared/run/labels/label.ts';

export interface MatchedClasses {
  /** By the labels' class id. Absent: their ids are the model's. */
  readonly classes?: NonNullable<LabelSpec['classes']>;
  /** What a person should know of it, one sentence. */
  readonly warning?: string;
}

/** Names of a model whose file had none: they say nothing. */
const placeholder = /^(?:class ?)?\d+$/i;

/**
 * Finds the model's class of each class of the labels, by its name: case, spaces, `_` and `-` do not count. Where no name is shared and there are as many
 * classes on both sides, or the model has no names of its own, ids are taken as they are.
 *
 * @param source Where the labels' names come from, for people: `data.yaml`.
 */
export function matchClasses(
  labels: readonly string[],
  model: readonly string[],
  source: string,
): MatchedClasses {
  if (labels.every((name, id) => name === model[id])) return {};
  const byName = new Map(model.map((name, id) => [plain(name), id]));
  const classes = labels.map((name) => ({ name, classId: byName.get(plain(name)) ?? null }));
  const foreign = classes.filter(({ classId }) => classId === null).map(({ name }) => name);
  if (foreign.length === labels.length) return unmatched(labels, model, source);
  const isMoved = classes.some(({ classId }, id) => classId !== null && classId !== id);
  const clauses = [
    isMoved && 'orders classes differently from the model: labels are matched by name',
    foreign.length > 0 &&
      `has classes that the model lacks (${listed(foreign)}): their labels are left out`,
  ].filter(Boolean);
  return { classes, ...(clauses.length > 0 && { warning: `${source} ${clauses.join('; it ')}.` }) };
}

function unmatched(
  labels: readonly string[],
  model: readonly string[],
  source: string,
): MatchedClasses {
  const isNameless = model.length === 0 || model.every((name) => placeholder.test(name));
  if (isNameless) return {};
  if (labels.length === model.length) {
    return {
      warning: `No class of ${source} is called as in the model (${listed(labels)}; ${listed(model)}): class ids are taken as they are. Check --model, or set the names with --names.`,
    };
  }
  return {
    classes: labels.map((name) => ({ name, classId: null })),
    warning: `No class of ${source} is called as in the model (${listed(labels)}; ${listed(model)}): labels are left out. Check --model, or set the names with --names.`,
  };
}

/** As names are compared. */
export function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown}, ...` : shown;
}
