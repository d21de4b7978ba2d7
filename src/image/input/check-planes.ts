/** Throws RangeError unless three planes of `plane` bytes fit into `out` from `offset`: bytes beyond its end would be lost silently. */
export function checkPlanes(out: Uint8Array, offset: number, plane: number): void {
  if (out.length >= offset + 3 * plane) return;
  throw new RangeError(
    `three planes: expected ${3 * plane} bytes from ${offset}, got ${out.length - offset}`,
  );
}
