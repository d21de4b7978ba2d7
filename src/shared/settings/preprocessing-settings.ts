import { channelOrders } from '../run/run-spec.ts';
import { inputPreparations } from '../run/task-traits.ts';
import { decides, setting } from './setting.ts';
import * as value from './setting-values.ts';

/** How the pixels of an image become the numbers of a model: part of `runSettings`. */
export const preprocessingSettings = {
  prepare: setting('Input', value.oneOf(inputPreparations), {
    argument: '<way>',
    help: `how an image gets the input's size: ${inputPreparations.join(', ')}`,
    standard: "the task's: crop for classify, letterbox for others",
  }),
  rect: setting('Input', value.onOff, {
    negatable: true,
    help: 'pad images only to the stride of a model with a dynamic size, as Ultralytics does',
    standard: 'on for exports of Ultralytics',
  }),
  scale: setting('Input', value.aboveZero, {
    argument: '<number>',
    help: 'what every byte of an image is multiplied with',
    standard: '1/255, or 1 where the graph divides itself',
    decides: decides('scale', undefined),
  }),
  mean: setting('Input', value.numbers, {
    argument: '<list>',
    help: 'subtracted then: one number, or one a channel, such as 0.485,0.456,0.406',
    standard: '0',
    decides: decides('mean', undefined),
  }),
  std: setting('Input', value.numbersAboveZero, {
    argument: '<list>',
    help: 'what that is divided by, such as 0.229,0.224,0.225',
    standard: '1',
    decides: decides('std', undefined),
  }),
  channelOrder: setting('Input', value.oneOf(channelOrders), {
    argument: '<order>',
    help: `order of the colors in the model's input: ${channelOrders.join(', ')}`,
    standard: 'rgb',
    decides: decides('channelOrder', undefined),
  }),
};
