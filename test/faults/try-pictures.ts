import { mkdir } from 'node:fs/promises';
import {
  checkPictures,
  explainGood,
  longestMs,
  type PictureCheck,
  type PictureSetting,
} from './check-pictures.ts';
import { type DamagedPicture, damagedPicture } from './damaged-picture.ts';
import type { PartFailure, PartResult, PartTask } from './part-result.ts';
import { makePicturePool } from './picture-pool.ts';

const batch = 200;
/** One whole picture of each format and form. */
const goodPictures = 18;

/**
 * Tries damaged pictures, some hundred in one run. Where a run goes wrong it is halved until the picture that is to blame is found, or a group of which
 * none is to blame alone.
 */
export async function tryPictures(
  task: PartTask & { readonly model: readonly string[] },
): Promise<PartResult> {
  const { seed, first, folder, model, say, count = batch } = task;
  await mkdir(folder, { recursive: true });
  const pool = await makePicturePool(seed);
  const good = pool.slice(0, goodPictures);
  const goodRows = await explainGood({ folder, model, good });
  const setting = { folder, model, good, goodRows };
  const failures: PartFailure[] = [];
  const statuses = new Map<string, number>();
  let [tried, peakMB] = [0, 0];
  while (task.goesOn(tried)) {
    const size = task.count === undefined ? batch : Math.min(batch, count - tried);
    const start = first + tried;
    const pictures = Array.from({ length: size }, (_, n) => damagedPicture(seed, start + n, pool));
    const check = await checkPictures(setting, pictures);
    for (const [status, more] of check.statuses) {
      statuses.set(status, (statuses.get(status) ?? 0) + more);
    }
    peakMB = Math.max(peakMB, check.peakMB);
    const found = await blame(setting, pictures, check);
    failures.push(...found.map((culprit) => ({ ...culprit, index: start + culprit.index })));
    tried += size;
    say(
      `pictures ${start} to ${start + size - 1}: ${Math.round(check.ownMs / 1000)} s, ${Math.round(check.peakMB)} MB, ${found.length} went wrong`,
    );
  }
  const ends = [...statuses].map(([status, number]) => `${number} ${status}`).join(', ');
  const words = `${ends}; at most ${Math.round(peakMB)} MB`;
  return { part: 'pictures', tried, words, failures };
}

/** The smallest groups of pictures with which a run goes wrong, and those that take too long alone; `index` is the place in `pictures`. */
async function blame(
  setting: PictureSetting,
  pictures: readonly DamagedPicture[],
  check: PictureCheck,
): Promise<PartFailure[]> {
  const slow: PartFailure[] = [];
  for (const picture of check.slow) {
    if (await isSlowAlone(setting, picture)) {
      const index = pictures.indexOf(picture);
      slow.push({ index, wrong: [`${picture.name} takes longer than ${longestMs / 1000} s`] });
    }
  }
  return [...slow, ...(await halve(setting, pictures, check))];
}

async function halve(
  setting: PictureSetting,
  pictures: readonly DamagedPicture[],
  check: PictureCheck,
): Promise<PartFailure[]> {
  if (check.wrong.length === 0) return [];
  const names = pictures.map(({ name }) => name);
  const whole: PartFailure = {
    index: 0,
    count: pictures.length,
    wrong: [
      ...check.wrong,
      `with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}`,
    ],
  };
  if (pictures.length === 1) return [whole];
  const middle = pictures.length >> 1;
  const left = pictures.slice(0, middle);
  const right = pictures.slice(middle);
  const inLeft = await halve(setting, left, await checkPictures(setting, left));
  const inRight = await halve(setting, right, await checkPictures(setting, right));
  const found = [...inLeft, ...inRight.map((one) => ({ ...one, index: one.index + middle }))];
  return found.length > 0 ? found : [whole];
}

/** Against a run without it, as starting takes its time too. Twice, as somebody else may have been busy. */
async function isSlowAlone(setting: PictureSetting, picture: DamagedPicture): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const alone = await checkPictures(setting, [picture]);
    const without = await checkPictures(setting, []);
    if (alone.ownMs - without.ownMs <= longestMs) return false;
  }
  return true;
}
