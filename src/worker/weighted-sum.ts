/** Sum of weights[i] * values[i]. */
export function weightedSum(weights: Float64Array, values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (values[i] as number);
  return sum;
}

/** Sum of weights[i] * a[i] * b[i]. */
export function weightedProduct(weights: Float64Array, a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += (weights[i] as number) * (a[i] as number) * (b[i] as number);
  }
  return sum;
}
