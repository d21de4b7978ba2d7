/** What figures call each class: its name, with its id where another class has the same name or there is none. */
export function classLabels(classNames: readonly string[]): (classId: number) => string {
  const counts = new Map<string, number>();
  for (const name of classNames) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (classId) => {
    const name = classNames[classId] ?? '';
    if (name === '') return String(classId);
    return counts.get(name) === 1 ? name : `${name} (${classId})`;
  };
}
