/** Returns a class name for people; a class without a name goes by its number. */
export function className({
  name,
  classId,
}: {
  readonly name: string;
  readonly classId: number;
}): string {
  return name.trim() === '' ? `class ${classId} (no name)` : name;
}

const shortName = 40;

/** Returns a class name for a sentence: a long name is cut; the table of classes has all of it. */
export function shortClassName(one: { readonly name: string; readonly classId: number }): string {
  const characters = [...className(one)];
  return characters.length <= shortName
    ? characters.join('')
    : `${characters.slice(0, shortName - 1).join('')}\u2026`;
}

/** How many objects of a class an image has. */
export interface ClassCount {
  readonly classId: number;
  readonly count: number;
}

/** Objects by class, most first. */
export function classCounts(detections: readonly { readonly classId: number }[]): ClassCount[] {
  const counts = new Map<number, number>();
  for (const { classId } of detections) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  return [...counts]
    .map(([classId, count]) => ({ classId, count }))
    .sort((a, b) => b.count - a.count || a.classId - b.classId);
}
