import { usualOutlierZ } from '../catalog/flag-thresholds.ts';
import { decides, setting } from './setting.ts';
import { positive, share } from './setting-values.ts';

/** Where flags start: part of `runSettings`. */
export const flagSettings = {
  flagDiffuse: setting('Results', share, {
    argument: '<number>',
    help: 'flag "diffuse": spread of the heat above this',
    decides: decides('flags.diffuseEntropy', 0.97),
  }),
  flagOffObject: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "off-object": heat in boxes, times an even spread, below this',
    decides: decides('flags.offObjectLift', 1),
  }),
  flagBorder: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "border-focus": heat along the border, times an even spread, above this',
    decides: decides('flags.borderLift', 2),
  }),
  flagSign: setting('Results', share, {
    argument: '<number>',
    help: 'flag "uncertain-sign": sign certainty below this',
    decides: decides('flags.signMargin', 0.1),
  }),
  flagOutlier: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "outlier": robust standard deviations from the usual value of the dataset',
    decides: decides('flags.outlierZ', usualOutlierZ),
  }),
  flagNovelty: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "off-basis": energy off the basis, times that of the fitted images, above this',
    standard: '3',
    decides: { option: 'flags.novelty', standardFor: () => undefined },
  }),
};
