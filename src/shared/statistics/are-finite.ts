/** Whether no value is NaN or infinite. */
export function areFinite(values: Float32Array | readonly number[]): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
