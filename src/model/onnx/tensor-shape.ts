/** Size of one axis; `dynamic` when the file names it only by a symbol, or not at all. */
export type Dimension = number | 'dynamic';

/** An open axis may turn out to be of any size. */
export function isAtLeast(size: Dimension, least: number): boolean {
  return size === 'dynamic' || size >= least;
}

/** `[1, 3, 320, dynamic]`, for messages. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}
