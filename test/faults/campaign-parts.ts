import { join } from 'node:path';
import { repositoryRoot } from '../support/cache-folder.ts';
import type { Part } from './campaign-options.ts';
import type { PartResult, PartTask } from './part-result.ts';
import { tryModels } from './try-models.ts';
import { tryPictures } from './try-pictures.ts';
import { trySchedules } from './try-schedules.ts';

const model = ['--model', join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx')];

export const campaignParts: Readonly<Record<Part, (task: PartTask) => Promise<PartResult>>> = {
  schedules: trySchedules,
  pictures: (task) => tryPictures({ ...task, model }),
  models: tryModels,
};
