import { pathToFileURL } from 'node:url';
import type { LoadedModel } from '../../model/yolo/load-model.ts';
import { layerColumns } from '../../shared/catalog/measure-column.ts';
import type { ModelSpec, TargetLayer } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';

/** What run.json keeps of a model. `uri` says where it comes from when that is not the file that was loaded. */
export function modelSpecOf(
  { path, sha256, model }: LoadedModel,
  uri: string = pathToFileURL(path).href,
): ModelSpec {
  const { sizeBytes, task, classNames, inputHeight, inputWidth, description } = model;
  const { preparation, inputChannels, rectStride, frozenThreshold } = model;
  const kept = { task, classNames: [...classNames], inputHeight, inputWidth, description };
  const isUsual = preparation === traitsOf(task).preparation;
  const unusual = {
    ...(!isUsual && { preparation }),
    ...(rectStride !== undefined && { rectStride }),
    ...(inputChannels !== 3 && { inputChannels }),
    ...(frozenThreshold !== undefined && { frozenThreshold }),
  };
  return { uri, sha256, sizeBytes, ...kept, ...unusual };
}

/** What run.json keeps of the target layers. */
export function targetLayersOf({ layers }: Pick<LoadedModel, 'layers'>): TargetLayer[] {
  const columns = layerColumns(layers.map(({ name }) => name));
  return layers.map(({ name, tensor, channels, gridHeight, gridWidth }, index) => {
    const column = columns[index] ?? name;
    return { name, column, tensor, channels, gridHeight, gridWidth };
  });
}
