/** A class for people; a class without a name is called by its number. */
export function className({
  name,
  classId,
}: {
  readonly name: string;
  readonly classId: number;
}): string {
  return name.trim() === '' ? `class ${classId} (no name)` : name;
}

/** "12 RBC, 1 WBC", most first, at most `most` of them. */
export function classCounts(
  detections: readonly { readonly classId: number }[],
  names: readonly string[],
  most = 3,
): string {
  const counts = new Map<number, number>();
  for (const { classId } of detections) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  const parts = sorted
    .slice(0, most)
    .map(([classId, count]) => `${count} ${className({ classId, name: names[classId] ?? '' })}`);
  const others = sorted.length - parts.length;
  return others > 0 ? `${parts.join(', ')} and ${others} more classes` : parts.join(', ');
}
