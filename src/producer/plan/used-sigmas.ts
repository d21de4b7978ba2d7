/**
 * The `kpt_oks_sigmas` of a data.yaml as an evaluation uses them, in float32 as `val` has them; `undefined` where it gives none. `val` refuses others than one positive number
 * for each keypoint; a run goes on without them and says so.
 *
 * @param counts keypoints of a label and of the model, as far as they are known
 */
export function usedSigmas(
  sigmas: readonly number[] | undefined,
  counts: readonly (number | undefined)[],
  warn: (line: string) => void,
): readonly number[] | undefined {
  if (sigmas === undefined) return undefined;
  const odd = counts.find((count) => count !== undefined && count !== sigmas.length);
  if (odd === undefined && sigmas.every((sigma) => Number.isFinite(sigma) && sigma > 0))
    return sigmas;
  const wanted = odd ?? sigmas.length;
  warn(
    `kpt_oks_sigmas of the data.yaml are not used: they should be ${wanted} positive numbers, one for each keypoint, and are ${sigmas.join(', ')}.`,
  );
  return undefined;
}
