const known = new Map<string, Map<string, string>>();

/** The column of a measure of a map or of a layer, `<measure>.<of>`. Remembered: to join sixty names for every image takes longer than to measure it. */
export function measureColumn(measure: string, of: string): string {
  let columns = known.get(of);
  if (columns === undefined) {
    columns = new Map();
    known.set(of, columns);
  }
  let column = columns.get(measure);
  if (column === undefined) {
    column = `${measure}.${of}`;
    columns.set(measure, column);
  }
  return column;
}
