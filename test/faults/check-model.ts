import { statSync, utimesSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MutatedModel } from './mutated-model.ts';
import type { WatchedCall } from './watched-cli.ts';

/** Runs one command to its end. */
export type Ask = (args: readonly string[]) => Promise<WatchedCall>;

export interface ModelCheck {
  readonly wrong: readonly string[];
  readonly peakMB: number;
  readonly ownMs: number;
  /** `layers 3` or `run 0`: what each command ended with. */
  readonly ends: readonly string[];
}

export interface ModelSetting {
  readonly folder: string;
  /** Beside the models, and none of theirs. */
  readonly canary: string;
  /** One image. */
  readonly image: string;
  readonly ask: Ask;
}

export const mostMemoryMB = 700;
export const longestMs = 5000;
const longestSentence = 2000;

/** A folder for models with a file beside it that they may not lead to, be it by a path or by a link. */
export async function makeModelFolder(folder: string): Promise<{ folder: string; canary: string }> {
  const models = join(folder, 'models');
  const canary = join(folder, 'canary', 'canary-weights.bin');
  await mkdir(models, { recursive: true });
  await mkdir(join(folder, 'canary'));
  await writeFile(canary, Buffer.alloc(10_000_000));
  await symlink(join('..', 'canary', basename(canary)), join(models, `link-${basename(canary)}`));
  await symlink(join('..', 'canary'), join(models, 'folder-link'));
  return { folder: models, canary };
}

/** What `layers` says to a model and, where that accepts it or `runs` is `always`, `run` over one image. */
export async function checkModel(
  { folder, canary, image, ask }: ModelSetting,
  { name, bytes }: MutatedModel,
  runs: 'always' | 'accepted' | 'never',
): Promise<ModelCheck> {
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, bytes);
  forgetReading(canary);
  const calls = [{ verb: 'layers', call: await ask(['layers', path]) }];
  if (runs === 'always' || (runs === 'accepted' && calls[0]?.call.exit === 0)) {
    const out = await mkdtemp(join(folder, 'out-'));
    const options = ['--device', 'cpu', '--quiet'];
    const call = await ask(['run', '--model', path, '--images', image, '--out', out, ...options]);
    calls.push({ verb: 'run', call });
    await rm(out, { recursive: true });
  }
  const read = wasRead(canary) ? [`${name}: a file outside its folder was read`] : [];
  await rm(path);
  return {
    wrong: [...calls.flatMap(({ verb, call }) => wordsOf(`${name}, ${verb}`, verb, call)), ...read],
    peakMB: Math.max(...calls.map(({ call }) => call.peakMB)),
    ownMs: Math.max(...calls.map(({ call }) => call.ownMs)),
    ends: calls.map(({ verb, call }) => `${verb} ${call.exit}`),
  };
}

/** An exit code of the table, one sentence when it failed, no color, no stack, no memory beyond the bound. */
function wordsOf(words: string, verb: string, { exit, stdout, stderr, peakMB }: WatchedCall) {
  const errors = stderr.split('\n').filter((line) => line.startsWith('error:'));
  // 4: none of the images could be explained, and the report says why.
  const codes = verb === 'run' ? [0, 2, 3, 4] : [0, 2, 3];
  const wrong = [
    ...(codes.includes(exit as number) ? [] : [`exit ${exit}: ${stderr.slice(0, 300)}`]),
    ...((exit === 2 || exit === 3) && (errors.length !== 1 || stderr.length > longestSentence)
      ? [`${errors.length} sentences, ${stderr.length} characters: ${stderr.slice(0, 300)}`]
      : []),
    ...(`${stdout}${stderr}`.includes('\u001b') ? ['control characters are printed'] : []),
    ...(/^ {4}at |unexpected fault/m.test(stderr) ? ['a stack or a fault of our own'] : []),
    ...(peakMB > mostMemoryMB ? [`${Math.round(peakMB)} MB`] : []),
  ];
  return wrong.map((one) => `${words}: ${one}`);
}

/** Linux notes the time of a reading when the one it has is older than the last change. */
function forgetReading(path: string): void {
  utimesSync(path, 1_000_000_000, Date.now() / 1000);
}

function wasRead(path: string): boolean {
  return statSync(path).atimeMs > 1_000_000_000_000;
}
