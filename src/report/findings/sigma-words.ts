import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { figure, listed } from '../words/wording.ts';

/** By what sigmas keypoints were compared, as a sentence; `undefined` where they were not. */
export function sigmaWords({
  rules,
  detection,
}: Pick<Evaluation, 'rules' | 'detection'>): string | undefined {
  const isOfKeypoints = detection?.precisions.some(({ form }) => form === 'keypoints');
  if (isOfKeypoints !== true) return undefined;
  return `Average precision of keypoints is by object keypoint similarity (OKS) with ${sigmasOf(rules)}.`;
}

function sigmasOf({ keypointSigmas }: Evaluation['rules']): string {
  if (keypointSigmas === undefined) {
    return "the usual sigmas: COCO's for its 17 keypoints, 1 / n each for another number n";
  }
  const [first = 0] = keypointSigmas;
  if (keypointSigmas.every((sigma) => sigma === first)) {
    return `the same sigma for each of ${keypointSigmas.length} keypoints, ${figure(first)}`;
  }
  return `the sigmas of the labels' data.yaml: ${listed(keypointSigmas.map(figure))}`;
}
