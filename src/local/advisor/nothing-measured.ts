import { EigenfleetError } from '../../shared/errors.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { AdviceSamples } from './advice-samples.ts';
import type { MeasuredImages } from './measure-images.ts';

/** Why no image could be measured, and the way out. */
export function nothingMeasured(
  { samples, labelsOf, plan }: AdviceSamples,
  { failed, covered }: Pick<MeasuredImages, 'failed' | 'covered'>,
): EigenfleetError {
  const [first] = failed;
  if (first !== undefined && failed.length === samples.length) {
    return new EigenfleetError(
      'dataset',
      `None of the ${samples.length} images can be explained: ${first.key}: ${first.reason}.`,
    );
  }
  const images = samples.length === 1 ? 'the image' : `the ${samples.length} images`;
  const { confThreshold } = plan.options;
  if (traitsOf(plan.model.task).classifies) {
    const whose = labelsOf === undefined ? 'the top class' : 'the labeled class';
    return new EigenfleetError(
      'dataset',
      `In ${images} nothing speaks for ${whose}, so nothing tells where heat should lie: take others with --include or a higher --limit.`,
    );
  }
  const [none, all] =
    labelsOf === undefined
      ? [
          `The model finds nothing in ${images} with a confidence of ${confThreshold} or more, so nothing tells where heat should lie: lower --conf, or label some images.`,
          `Where the model finds anything with a confidence of ${confThreshold} or more, it covers all of the image, so nothing tells where heat should lie: raise --conf, or label some images.`,
        ]
      : [
          `No object is labeled in ${images}, so nothing tells where heat should lie: take others with --include or a higher --limit, or --no-labels for the model's own objects.`,
          `Where anything is labeled, it covers all of the image, so nothing tells where heat should lie: take others with --include or a higher --limit.`,
        ];
  return new EigenfleetError('dataset', (covered > 0 ? all : none) ?? '');
}
