import type { InputPreparation } from '../../shared/run/task-traits.ts';
import type { UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import type { ModelInput } from './model-input.ts';

/** Ultralytics' stride where a file names none. */
const usualStride = 32;

interface RectFacts extends Pick<ModelInput, 'dynamicSides'> {
  readonly preparation: InputPreparation;
  readonly metadata: Pick<UltralyticsMetadata, 'rect' | 'stride' | 'present'>;
}

/**
 * The multiple to which each image is padded, as Ultralytics' `predict` does with its files of dynamic size; `undefined` where every image is padded to
 * the whole input.
 */
export function rectStrideOf({
  dynamicSides,
  preparation,
  metadata,
}: RectFacts): number | undefined {
  const { rect = metadata.present, stride = usualStride } = metadata;
  return rect && dynamicSides && preparation === 'letterbox' ? stride : undefined;
}
