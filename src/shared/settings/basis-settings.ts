import { setting } from './setting.ts';
import * as value from './setting-values.ts';

/** What a dataset's basis has to do with: part of `runSettings`. */
export const basisSettings = {
  basis: setting('Explaining', value.text, {
    argument: '<file>',
    help: 'components of a dataset instead of each image\'s own: a file of "eigenfleet basis fit"; also s3://...',
    standard: "each image's own components",
    decides: { option: 'basis', standardFor: () => undefined },
  }),
};
