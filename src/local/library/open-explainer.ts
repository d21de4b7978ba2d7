import { EigenfleetError } from '../../shared/errors.ts';
import { parseSaid } from '../../shared/settings/said-settings.ts';
import { Slots } from '../../shared/storage/slots.ts';
import type { Explainer } from '../../worker/explain/explainer.ts';
import { StageTimer } from '../../worker/explain/stage-timer.ts';
import { type ExplainerPlan, planExplainer } from '../plan-explainer.ts';
import { type ReadImage, readImage } from '../read-image.ts';
import { startExplainer } from '../start-explainer.ts';
import type { ImageExplanation } from './image-explanation.ts';
import { imageExplanationOf } from './image-explanation-of.ts';
import { libraryNotices } from './library-notices.ts';
import type { ModelOptions, OpenModel } from './open-model.ts';

/** What `openModel` does; apart from it, since all that it stands on is loaded only when a model is opened. */
export async function openExplainer(model: string, options: ModelOptions): Promise<OpenModel> {
  const { note, warn, expectedImages = 1, ...said } = options;
  const settings = parseSaid({ ...said, model }, 'options');
  const notices = libraryNotices({ ...(note && { note }), ...(warn && { warn }) });
  const plan = await planExplainer({ settings, imageCount: 1, ...notices });
  const explainer = await startExplainer({ ...plan, note: notices.note, images: expectedImages });
  return openModelOf(plan, explainer, (source) => readImage(source, settings));
}

function openModelOf(
  plan: ExplainerPlan,
  explainer: Explainer,
  read: (source: string) => Promise<ReadImage>,
): OpenModel {
  const { task, classNames, inputHeight, inputWidth } = plan.model;
  const { targetLayers, options } = plan;
  const slots = new Slots(explainer.usefulConcurrency);
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  const explainOne = async (image: string | Uint8Array): Promise<ImageExplanation> => {
    const file = typeof image === 'string' ? await read(image) : fileOf(image);
    if (file.status !== 'success') return file;
    const sample = await explainer.explain(file.bytes, new StageTimer());
    return imageExplanationOf(sample, { classNames, components: options.components });
  };
  return {
    ...{ task, classNames, inputHeight, inputWidth, targetLayers, options },
    device: explainer.inference.device,
    async explain(image) {
      if (closed !== undefined) throw closedError();
      const work = slots.run(() => explainOne(image));
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    close() {
      closed ??= Promise.allSettled(underWay).then(() => explainer.close());
      return closed;
    },
  };
}

function fileOf(bytes: Uint8Array): ReadImage {
  return { status: 'success', bytes };
}

function closedError(): EigenfleetError {
  return new EigenfleetError('usage', 'This model was closed: open it again with openModel().');
}
