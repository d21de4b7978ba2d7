import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/cache-folder.ts';
import {
  type Ask,
  checkModel,
  longestMs,
  type ModelSetting,
  makeModelFolder,
} from './check-model.ts';
import { mutatedModel } from './mutated-model.ts';
import type { PartFailure, PartResult, PartTask } from './part-result.ts';
import { watchCli } from './watched-cli.ts';

const image = join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg');
const whole = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const patienceMs = 300_000;

/** `ask`: runs a command; in a process of its own when absent, whose memory can be told. */
export async function tryModels(task: PartTask & { readonly ask?: Ask }): Promise<PartResult> {
  const { seed, first, say, ask = (args) => watchCli(args, { patienceMs }) } = task;
  await mkdir(task.folder, { recursive: true });
  const setting: ModelSetting = {
    ...(await makeModelFolder(task.folder)),
    image,
    ask,
  };
  const failures: PartFailure[] = [];
  const ends = new Map<string, number>();
  let [tried, peakMB, slowestMs] = [0, 0, 0];
  for (; task.goesOn(tried); tried++) {
    const index = first + tried;
    const model = mutatedModel(seed, index, setting.canary);
    const runs = model.name.endsWith('external')
      ? 'always'
      : index % 2 === 0
        ? 'accepted'
        : 'never';
    const check = await checkModel(setting, model, runs);
    const slow = check.ownMs > longestMs && (await isSlow(setting, model, runs));
    const wrong = [...check.wrong, ...(slow ? [`${model.name} takes longer than 5 s`] : [])];
    if (wrong.length > 0) failures.push({ index, wrong });
    if (wrong.length > 0) say(`model ${index}: ${wrong.join('; ')}`);
    for (const end of check.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
    peakMB = Math.max(peakMB, check.peakMB);
    slowestMs = Math.max(slowestMs, check.ownMs);
    if (tried % 25 === 24) say(`${tried + 1} models, ${failures.length} went wrong`);
  }
  const ended = [...ends].sort().map(([end, number]) => `${number} x ${end}`);
  const words = `${ended.join(', ')}; at most ${Math.round(peakMB)} MB, the slowest took ${(slowestMs / 1000).toFixed(1)} s`;
  return { part: 'models', tried, words, failures };
}

/** Against a whole model, as starting takes its time too; and twice, as somebody else may have been busy. */
async function isSlow(
  setting: ModelSetting,
  model: Parameters<typeof checkModel>[1],
  runs: Parameters<typeof checkModel>[2],
): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const again = await checkModel(setting, model, runs);
    const usual = await setting.ask(['layers', whole]);
    if (again.ownMs - usual.ownMs <= longestMs) return false;
  }
  return true;
}
