import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, it } from 'node:test';
import picomatch from 'picomatch';
import { repositoryRoot } from './support/cache-folder.ts';
import { repositoryFiles, repositoryText } from './support/repository-files.ts';

/** Room -> the rooms it may import, itself included. Rooms are the folders of src; `cli` and the entries see all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  kernels: ['kernels'],
  shared: ['kernels', 'shared'],
  model: ['model', 'kernels', 'shared'],
  image: ['image', 'kernels', 'shared'],
  producer: ['producer', 'model', 'shared'],
  worker: ['worker', 'model', 'image', 'kernels', 'shared'],
  report: ['report', 'image', 'shared'],
};

const longestFile = 250;
/** Files over the budget, each with the reason why it is not two files. */
const longFiles: Readonly<Record<string, string>> = {};

/** Configuration, the switch of ONNX Runtime that can only be set in the environment, and what has to know every secret. */
const readsEnvironment = [
  'src/shared/config.ts',
  'src/shared/runtime-telemetry.ts',
  'src/shared/secrets-of-process.ts',
];

const thisFile = 'test/architecture.test.ts';
const files = repositoryFiles();
const code = files.filter((path) => /^(src|test|bench)\/.*\.ts$/.test(path));
const sources = code.filter((path) => path.startsWith('src/'));

describe('the rooms of src', () => {
  it('import only the rooms that the design lets them know', () => {
    const wrong = imports().filter(({ from, to }) => {
      const allowed = mayImport[roomOf(from)];
      return allowed !== undefined && !allowed.includes(roomOf(to));
    });
    assert.deepEqual(wrong, []);
  });

  it('are all in the table of the design', () => {
    const rooms = new Set(sources.filter((path) => path.split('/').length > 2).map(roomOf));
    const unknown = [...rooms].filter((room) => room !== 'cli' && !(room in mayImport));
    assert.deepEqual(unknown, []);
  });

  it('never import the command line', () => {
    const wrong = imports().filter(({ from, to }) => isCli(to) && !isCli(from));
    assert.deepEqual(wrong, []);
  });
});

describe('the sources', () => {
  it('read the environment only in the configuration and the command line', () => {
    const readers = sources.filter(
      (path) =>
        !isCli(path) && !readsEnvironment.includes(path) && /process\.env\b/.test(codeOf(path)),
    );
    assert.deepEqual(readers, []);
  });

  it('load ONNX Runtime through the one door that turns its telemetry off first', () => {
    const door = 'src/model/onnxruntime.ts';
    const loads =
      /(\bfrom|\bimport|\bimport\(|\brequire\(|\bimport\.meta\.url\)\()\s*['"]onnxruntime-node['"]/;
    assert.match(codeOf(door), loads);
    const others = code.filter((path) => path !== door && loads.test(codeOf(path)));
    assert.deepEqual(others, []);
  });

  it('print only in the command line', () => {
    const printers = sources.filter((path) => !isCli(path) && /\bconsole\./.test(codeOf(path)));
    assert.deepEqual(printers, []);
  });

  it('switch no check of the compiler off', () => {
    const escapes = /@ts-(ignore|nocheck|expect-error)|(:|\bas|<|\|)\s*any\b/;
    const wrong = code.filter((path) => path !== thisFile && escapes.test(codeOf(path)));
    assert.deepEqual(wrong, []);
  });

  it('stay within the size budget', () => {
    const lengths = sources.map((path) => ({
      path,
      lines: repositoryText(path).split('\n').length - 1,
    }));
    const long = lengths.filter(({ path, lines }) => lines > longestFile && !(path in longFiles));
    assert.deepEqual(long, []);
  });
});

describe('the tests', () => {
  const tests = code.filter((path) => path.endsWith('.test.ts'));
  const isShared = (path: string): boolean => {
    const folder = posix.dirname(path);
    const entry = `${folder}.test.ts`;
    const loads = `importTests('${posix.basename(folder)}')`;
    return tests.includes(entry) && repositoryText(entry).includes(loads);
  };

  it('all run, in a process of their own or in one that imports their folder', () => {
    const { scripts } = JSON.parse(repositoryText('package.json'));
    const isStarted = picomatch(scripts.test.match(/\S+\.test\.js/g));
    const left = tests.filter(
      (path) => !isShared(path) && !isStarted(`dist/${path.replace(/\.ts$/, '.js')}`),
    );
    assert.deepEqual(left, []);
  });

  it('leave a process that they share as it is', () => {
    const changes =
      /process\.(chdir|env\.\w+ =|exitCode =|on\()|delete process\.env|useTestCredentials\(|mock\.timers|^(before|after)Each\(/m;
    const wrong = tests.filter((path) => isShared(path) && changes.test(codeOf(path)));
    assert.deepEqual(wrong, []);
  });
});

describe('the checkout', () => {
  it('names no folder of the machine it was written on', () => {
    const binary = /\.(onnx|jpg|jpeg|png|npy|npz|webp|tiff?|gif|parquet|bin|pt)$/;
    const machine = /(^|[\s"'`(=])\/(work|root|home\/\w+)\//m;
    const wrong = files.filter((path) => !binary.test(path) && machine.test(repositoryText(path)));
    assert.deepEqual(wrong, []);
  });

  it('locks packages without saying where they were fetched', () => {
    const lock = repositoryText('package-lock.json');
    assert.doesNotMatch(lock, /"resolved"/);
    assert.doesNotMatch(lock, /registry\./);
  });

  it('asks for exact versions', () => {
    const loose = Object.entries(dependencies()).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    assert.deepEqual(loose, []);
  });

  it('says of every dependency why it is there', () => {
    const page = repositoryText('docs/dependencies.md');
    const silent = Object.keys(dependencies()).filter((name) => !page.includes(`\`${name}\``));
    assert.deepEqual(silent, []);
  });

  it('has no dead link in its pages', () => {
    const pages = files.filter((path) => path.endsWith('.md'));
    assert.deepEqual(pages.flatMap(deadLinks), []);
  });
});

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every relative import of src: static, dynamic, re-export, and the `new URL()` that starts a worker thread. */
function imports(): Import[] {
  const specifier =
    /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*['"](\.{1,2}\/[^'"]+\.[jt]s)['"]/g;
  return sources.flatMap((from) =>
    [...codeOf(from).matchAll(specifier)].map((match) => ({
      from,
      to: posix.join(posix.dirname(from), match[1]!),
    })),
  );
}

/** `src/worker/pool.ts` -> `worker`; `src/cli.ts` -> `cli`. */
function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.[jt]s$/, '');
}

function isCli(path: string): boolean {
  return roomOf(path) === 'cli';
}

/** A source file without its comments. A `//` inside a string goes too, which hides nothing that is looked for here. */
function codeOf(path: string): string {
  return repositoryText(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(?<!:)\/\/ .*$/gm, '');
}

function dependencies(): Record<string, string> {
  const manifest = JSON.parse(repositoryText('package.json'));
  return { ...manifest.dependencies, ...manifest.devDependencies };
}

/** Relative links of a page that lead to no file, or to no heading of the file they lead to. */
function deadLinks(page: string): string[] {
  const text = repositoryText(page)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
  return targets
    .filter((target) => !leadsSomewhere(page, target))
    .map((target) => `${page}: ${target}`);
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(join(repositoryRoot, file))) return false;
  return anchor === undefined || headings(file).includes(anchor);
}

/** Anchors of a page's headings, as GitHub makes them. */
function headings(page: string): string[] {
  return [...repositoryText(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/ /g, '-'),
  );
}
