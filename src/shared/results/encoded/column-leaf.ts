import type { SchemaElement } from 'hyparquet';

/** A column of values below the root of a schema: a field of a struct in a list is one, its list is none. */
export interface ColumnLeaf {
  /** Names from the top-level column down. */
  readonly path: readonly string[];
  readonly element: SchemaElement;
  /** How deep it can be repeated, and how many of its ancestors and itself can be absent: widths of its levels follow. */
  readonly maxRepetition: number;
  readonly maxDefinition: number;
}

/** The leaves of a schema, in the order of a row group's columns. */
export function columnLeaves(schema: readonly SchemaElement[]): ColumnLeaf[] {
  const leaves: ColumnLeaf[] = [];
  let at = 0;
  const take = (parent: Omit<ColumnLeaf, 'element'>): void => {
    const element = schema[at++];
    if (element === undefined) throw new RangeError('the schema ends within a group');
    const { repetition_type: repetition, num_children: count } = element;
    const own = {
      path: at === 1 ? [] : [...parent.path, element.name],
      maxRepetition: parent.maxRepetition + (repetition === 'REPEATED' ? 1 : 0),
      maxDefinition:
        parent.maxDefinition + (repetition === 'REPEATED' || repetition === 'OPTIONAL' ? 1 : 0),
    };
    if (count === undefined) leaves.push({ ...own, element });
    else for (let child = 0; child < count; child++) take(own);
  };
  if (schema.length > 0) take({ path: [], maxRepetition: 0, maxDefinition: 0 });
  return leaves;
}
