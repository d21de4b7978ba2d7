import type { SchemaElement } from 'hyparquet';

type Repetition = 'REQUIRED' | 'OPTIONAL';

export function text(name: string, repetition: Repetition): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: repetition,
  };
}

export function int32(name: string, repetition: Repetition): SchemaElement {
  return { name, type: 'INT32', repetition_type: repetition };
}

export function boolean(name: string, repetition: Repetition): SchemaElement {
  return { name, type: 'BOOLEAN', repetition_type: repetition };
}

export function double(name: string, repetition: Repetition): SchemaElement {
  return { name, type: 'DOUBLE', repetition_type: repetition };
}

/** Fields under one name, all of them null at once. */
export function group(
  name: string,
  fields: readonly (SchemaElement | readonly SchemaElement[])[],
): SchemaElement[] {
  return [{ name, repetition_type: 'OPTIONAL', num_children: fields.length }, ...fields.flat()];
}

/** The element of a list that has fields; for a field that is a list itself, pass what `list` returns. */
export function struct(
  fields: readonly (SchemaElement | readonly SchemaElement[])[],
): SchemaElement[] {
  const element: SchemaElement = {
    name: 'element',
    repetition_type: 'REQUIRED',
    num_children: fields.length,
  };
  return [element, ...fields.flat()];
}

export function list(
  name: string,
  element: readonly SchemaElement[],
  repetition: Repetition = 'REQUIRED',
): SchemaElement[] {
  return [
    {
      name,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
      repetition_type: repetition,
      num_children: 1,
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}
