import { EigenfleetError } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { LoadedModel } from '../yolo/load-model.ts';
import type { YoloModel } from '../yolo/yolo-model.ts';

/** From bytes to the model's numbers: (byte * scale - mean) / std, as torchvision's ToTensor and Normalize. What is absent is the model's own. */
export type Preprocessing = Pick<ExplainOptions, 'scale' | 'mean' | 'std' | 'channelOrder'>;

/** 1 / 255, or 1 for a graph that takes bytes. */
export function scaleFor(
  { takesBytes }: Pick<YoloModel, 'takesBytes'>,
  { scale }: Preprocessing,
): number {
  return scale ?? (takesBytes ? 1 : 1 / 255);
}

/**
 * Where neither the file nor an option says which numbers the model takes, what it gets. Ultralytics' models take colors from 0 to 1, detectors without metadata are mostly theirs, and
 * torchvision's and most others subtract a mean.
 */
export function preprocessingWarning(
  { model }: LoadedModel,
  options: Preprocessing,
): string | undefined {
  const { name, task, metadata, takesBytes, inputElemType } = model;
  const isYolo = metadata.present || traitsOf(task).findsObjects;
  const isSaid = (['scale', 'mean', 'std'] as const).some((one) => options[one] !== undefined);
  if (isYolo || isSaid || takesBytes || inputElemType === 'uint8') return undefined;
  return `Nothing says which numbers ${name} takes: it gets colors from 0 to 1, as YOLO does. If it was trained with a mean and deviation, give them, such as ImageNet's: --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225; with --mean 0 this warning goes.`;
}

/** Where a graph exchanges red and blue itself and no option says what it takes. Ultralytics gives red first to any graph, and so does this. */
export function channelOrderWarning(
  { model }: LoadedModel,
  { channelOrder }: Preprocessing,
): string | undefined {
  if (!model.exchangesChannels || channelOrder !== undefined) return undefined;
  return `${model.name} exchanges red and blue itself and gets red first, as Ultralytics gives it: if it takes pictures as OpenCV reads them, blue first, add --channel-order bgr; with --channel-order rgb this warning goes.`;
}

/** @throws EigenfleetError `usage` for a preprocessing that the model's input cannot have. */
export function assertPreprocessing(options: Preprocessing, { model }: LoadedModel): void {
  const { name, inputChannels, inputElemType } = model;
  const said = (['scale', 'mean', 'std'] as const).filter((one) => options[one] !== undefined);
  if (inputElemType === 'uint8' && said.length > 0) {
    throw new EigenfleetError(
      'usage',
      `${name} takes bytes and normalizes them itself: drop --${said.join(' and --')}.`,
    );
  }
  for (const one of ['mean', 'std'] as const) {
    const count = options[one]?.length ?? 1;
    if (count === 1 || count === inputChannels) continue;
    throw new EigenfleetError(
      'usage',
      `--${one} has ${count} numbers, and ${name} takes ${inputChannels} channels: give one number, or one for each channel.`,
    );
  }
  if (options.channelOrder !== undefined && inputChannels !== 3) {
    throw new EigenfleetError(
      'usage',
      `--channel-order is for color images, and ${name} takes ${inputChannels} channels: drop it.`,
    );
  }
}
