import { runBounds } from '../run/run-bounds.ts';
import { decides, setting } from './setting.ts';
import { countUpTo, onOff, share } from './setting-values.ts';

/** Which of a model's boxes count: part of `runSettings`. */
export const detectionSettings = {
  conf: setting('Detections', share, {
    argument: '<number>',
    help: 'lowest confidence of a detection',
    decides: decides('confThreshold', 0.25),
  }),
  iou: setting('Detections', share, {
    argument: '<number>',
    help: 'IoU above which NMS drops the weaker box',
    decides: decides('iouThreshold', 0.7),
  }),
  maxDet: setting('Detections', countUpTo(runBounds.maxDetections), {
    argument: '<n>',
    help: 'most detections per image',
    decides: decides('maxDetections', 300),
  }),
  allScores: setting('Detections', onOff, {
    help: 'every class of a box above --conf is a detection, not only its best: as Ultralytics val counts for AP',
    decides: decides('allScores', undefined),
  }),
  candidates: setting('Detections', onOff, {
    negatable: true,
    help: 'keep boxes above 0.001 apart, as Ultralytics val does, for average precision; they change no other result',
    standard: 'on where labels are found',
    decides: decides('candidates', undefined),
  }),
};
