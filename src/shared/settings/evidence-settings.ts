import { runBounds } from '../run/run-bounds.ts';
import { decides, setting } from './setting.ts';
import { classChoice, countFromZero, overlayMap } from './setting-values.ts';

/** Whose maps are made from what the model scores: part of `runSettings`. */
export const evidenceSettings = {
  classes: setting('Explaining', classChoice, {
    argument: '<list>',
    formerly: 'class',
    help: 'class evidence of these classes, such as RBC,WBC or 0,1: found (detected or labeled in the image), all, none',
    decides: decides('classes', ['found']),
  }),
  boxMaps: setting('Explaining', countFromZero(runBounds.boxMaps), {
    argument: '<n>',
    help: 'maps of the strongest boxes of an image: where their features point; 0: none',
    decides: decides('boxMaps', 8),
  }),
};

/** What is seen of them. */
export const overlayMapSetting = setting('Results', overlayMap, {
  argument: '<map>',
  help: 'what overlays show: fused, or class evidence such as evidence:WBC',
  standard: 'fused',
  decides: decides('overlayMap', undefined),
});
