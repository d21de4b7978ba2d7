import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './cache-folder.ts';
import type { DockerInstruction, DockerStage } from './dockerfile.ts';
import { duplicate } from './duplicate.ts';

const run = promisify(execFile);

const productionInstall = 'npm ci --omit=dev ';
/**
 * What that does to packages which "npm ci" has installed already, as in this checkout: takes those of development away, and runs the scripts
 * of what stays and of the package itself.
 */
const productionPrune = 'npm prune --omit=dev && npm rebuild && npm run --silent prepare ';

export interface StepsTaken {
  /** Root folder of every stage that was built. */
  readonly roots: ReadonlyMap<string, string>;
  /** RUN lines that were left out. */
  readonly skipped: readonly string[];
}

/**
 * Does what an engine would do to build a stage, as far as a folder can stand for a container: copies what COPY names, from
 * the checkout or an earlier stage, and runs RUN lines in WORKDIR, with this machine's Node and npm.
 *
 * @param inContext Whether a file of the checkout, as a path from its root, is sent to the engine.
 * @param skip RUN lines that need a root's rights or another system.
 */
export async function takeSteps(
  stages: readonly DockerStage[],
  wanted: string,
  options: { folder: string; inContext(path: string): boolean; skip: RegExp },
): Promise<StepsTaken> {
  const roots = new Map<string, string>();
  const skipped: string[] = [];
  for (const stage of neededFor(stages, wanted)) {
    const root = join(options.folder, stage.name);
    await mkdir(root);
    const before = roots.get(stage.base);
    if (before !== undefined) await duplicate(`${before}/.`, root);
    let workdir = root;
    for (const instruction of stage.instructions) {
      const { word, rest } = instruction;
      if (word === 'WORKDIR') {
        workdir = join(root, rest);
        await mkdir(workdir, { recursive: true });
      }
      if (word === 'COPY') await copy(instruction, { root, workdir, roots, ...options });
      if (word !== 'RUN') continue;
      if (options.skip.test(rest)) skipped.push(rest);
      // The checkout that this test runs in was installed by that very command.
      else if (rest === 'npm ci --ignore-scripts') {
        await duplicate(join(repositoryRoot, 'node_modules'), join(workdir, 'node_modules'));
        await bringCompiled(workdir);
      } else if (rest.startsWith(productionInstall)) {
        await duplicate(join(repositoryRoot, 'node_modules'), join(workdir, 'node_modules'));
        await shell(rest.replace(productionInstall, productionPrune), root, workdir);
      } else await shell(rest, root, workdir);
    }
    roots.set(stage.name, root);
  }
  return { roots, skipped };
}

/**
 * What the compiler knows and made of these sources in this checkout: it compiles again, and reports, what is not as it was then, a file that is not sent among it, and
 * nothing else. Copies, as it writes into its files.
 */
async function bringCompiled(workdir: string): Promise<void> {
  await mkdir(join(workdir, 'dist'));
  const compiled = ['src', '.tsbuildinfo'].map((name) => join(repositoryRoot, 'dist', name));
  await run('cp', ['-r', ...compiled, join(workdir, 'dist')]);
}

/** The stages that the wanted one is made of, itself last. */
function neededFor(stages: readonly DockerStage[], wanted: string): DockerStage[] {
  const needed = new Set([wanted]);
  for (const stage of stages.toReversed()) {
    if (!needed.has(stage.name)) continue;
    needed.add(stage.base);
    for (const { rest } of stage.instructions) {
      const from = /--from=(\S+)/.exec(rest)?.[1];
      if (from !== undefined) needed.add(from);
    }
  }
  return stages.filter(({ name }) => needed.has(name));
}

interface CopyPlaces {
  readonly root: string;
  readonly workdir: string;
  readonly roots: ReadonlyMap<string, string>;
  inContext(path: string): boolean;
}

/** As Docker does: the content of a folder goes into the target, a file into it when several go or it ends in a slash. */
async function copy({ rest }: DockerInstruction, places: CopyPlaces): Promise<void> {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  const last = paths.pop() ?? '.';
  const target = last.startsWith('/') ? join(places.root, last) : join(places.workdir, last);
  const source = from === undefined ? repositoryRoot : places.roots.get(from);
  if (source === undefined) throw new Error(`COPY from a stage that is not there: ${rest}`);
  for (const path of paths) {
    if (from === undefined && !places.inContext(path)) throw new Error(`${path} is not sent`);
    const intoFolder = /(^|\/)\.?\/?$/.test(last) && /\.\w+$|^[A-Z]+$/.test(basename(path));
    const place = intoFolder ? join(target, basename(path)) : target;
    if (from !== undefined) await duplicate(join(source, path), place);
    else await cp(join(source, path), place, { recursive: true });
  }
}

async function shell(line: string, root: string, workdir: string): Promise<void> {
  const links = /^ln -s (\/\S+) (\/\S+)$/.exec(line);
  if (links?.[1] !== undefined && links[2] !== undefined) {
    const link = join(root, links[2]);
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(join(root, links[1]), link);
    return;
  }
  const env = { ...process.env, NODE_ENV: undefined, npm_config_prefer_offline: 'true' };
  await run('bash', ['-euo', 'pipefail', '-c', line], { cwd: workdir, env, maxBuffer: 1e8 });
}
