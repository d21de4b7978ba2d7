import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, it } from 'node:test';
import picomatch from 'picomatch';
import { repositoryRoot } from './support/cache-folder.ts';
import { repositoryText } from './support/repository-files.ts';
import {
  circles,
  code,
  codeOf,
  files,
  functionsOf,
  packagesLoadedBy,
  roomOf,
  sourceImports,
  sources,
  subRoomOf,
} from './support/source-map.ts';

/** Room -> the rooms it may import, itself included. Rooms are the folders of src; `cli` sees all of them. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  kernels: ['kernels'],
  shared: ['shared', 'kernels'],
  maps: ['maps', 'shared', 'kernels'],
  model: ['model', 'shared', 'kernels'],
  evaluate: ['evaluate', 'maps', 'shared'],
  image: ['image', 'maps', 'shared', 'kernels'],
  producer: ['producer', 'model', 'evaluate', 'shared'],
  worker: ['worker', 'model', 'image', 'evaluate', 'maps', 'shared', 'kernels'],
  report: ['report', 'image', 'evaluate', 'maps', 'shared'],
  verdict: ['verdict', 'evaluate', 'report', 'shared'],
  local: [
    'local',
    'audit',
    'producer',
    'worker',
    'report',
    'verdict',
    'model',
    'evaluate',
    'maps',
    'shared',
  ],
  audit: ['audit', 'producer', 'report', 'verdict', 'model', 'evaluate', 'shared'],
  fleet: [
    'fleet',
    'audit',
    'producer',
    'worker',
    'report',
    'verdict',
    'model',
    'evaluate',
    'shared',
  ],
  index: [
    'index',
    'local',
    'producer',
    'worker',
    'report',
    'verdict',
    'evaluate',
    'model',
    'shared',
  ],
};

/** Sub-rooms, from the ground up: each may import those that stand before it. Files that lie in the room itself know all or are known by all. */
const orders: Readonly<Record<string, readonly string[]>> = {
  shared: [
    'redaction',
    'host',
    'storage',
    'catalog',
    'basis',
    'run',
    'settings',
    'telemetry',
    'queue',
    'statistics',
    'intervals',
    'results',
  ],
  model: [
    'onnx',
    'runtime',
    'metadata',
    'input',
    'mask',
    'candidates',
    'head',
    'eigen-cam',
    'basis',
    'cache',
    'graph',
    'rewrites',
    'evidence',
    'box-maps',
    'yolo',
    'session',
    'probe',
  ],
  evaluate: ['labels', 'result', 'matching', 'precision', 'trust', 'merge', 'objects'],
  verdict: ['tests', 'drift', 'change', 'compare', 'figures', 'rules', 'decide', 'publish', 'page'],
  audit: ['calendar', 'file', 'home', 'night', 'announce', 'trend'],
  image: ['text', 'decode', 'input', 'overlay', 'figure'],
  producer: ['model', 'dataset', 'spool', 'plan', 'queue'],
  worker: ['measures', 'inference', 'explain', 'basis', 'shard', 'queue'],
  report: [
    'words',
    'summary',
    'findings',
    'html',
    'markdown',
    'gallery',
    'objects',
    'evaluation',
    'sections',
    'advice',
  ],
  fleet: ['probes', 'dashboard', 'worker', 'coordinator'],
  cli: [
    'terminal',
    'options',
    'follow',
    'explain',
    'advise',
    'basis',
    'bench',
    'doctor',
    'audit',
    'commands',
  ],
};

const mostFilesInFolder = 20;
const longestFunction = 40;
const longestFile = 250;
/** Files over the budget, each with the reason why it is not two files. */
const longFiles: Readonly<Record<string, string>> = {};

/** Configuration, the switch of ONNX Runtime that can only be set in the environment, and what has to know every secret. */
const readsEnvironment = [
  'src/shared/host/environment.ts',
  'src/shared/storage/s3/s3-endpoint.ts',
  'src/model/runtime/runtime-telemetry.ts',
  'src/shared/redaction/secrets-of-process.ts',
];

const thisFile = 'test/architecture.test.ts';
const imports = sourceImports();

describe('the rooms of src', () => {
  it('import only the rooms that the design lets them know', () => {
    const wrong = imports.filter(({ from, to }) => {
      const allowed = mayImport[roomOf(from)];
      return allowed !== undefined && !allowed.includes(roomOf(to));
    });
    assert.deepEqual(wrong, []);
  });

  it('are all in the table of the design', () => {
    const rooms = new Set(sources.map(roomOf));
    const unknown = [...rooms].filter((room) => room !== 'cli' && !(room in mayImport));
    assert.deepEqual(unknown, []);
  });

  it('have sub-rooms that stand on each other in one direction', () => {
    const wrong = imports.filter(({ from, to }) => {
      const order = orders[roomOf(from)];
      const [above, below] = [subRoomOf(from), subRoomOf(to)];
      if (order === undefined || roomOf(from) !== roomOf(to)) return false;
      if (above === undefined || below === undefined || above === below) return false;
      return order.indexOf(below) < 0 || order.indexOf(below) > order.indexOf(above);
    });
    assert.deepEqual(wrong, []);
  });

  it('hold no circle of imports, of types neither', () => {
    assert.deepEqual(circles(imports), []);
  });

  it('never import the command line', () => {
    const wrong = imports.filter(({ from, to }) => isCli(to) && !isCli(from));
    assert.deepEqual(wrong, []);
  });

  it('have no folder that nobody can survey', () => {
    const sizes = new Map<string, number>();
    for (const folder of sources.map(posix.dirname))
      sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
    const crowded = [...sizes].filter(([, size]) => size > mostFilesInFolder);
    assert.deepEqual(crowded, []);
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
    const door = 'src/model/runtime/onnxruntime.ts';
    const loads =
      /(\bfrom|\bimport|\bimport\(|\brequire\(|\bimport\.meta\.url\)\()\s*['"]onnxruntime-node['"]/;
    assert.match(codeOf(door), loads);
    const others = code.filter((path) => path !== door && loads.test(codeOf(path)));
    assert.deepEqual(others, []);
  });

  it('ask the table of tasks what a task has, and never for a task by its name', () => {
    const asks = /\btask\b[^\n]*[!=]==? *'|case '(detect|classify|segment|pose|obb)'/;
    assert.deepEqual(
      sources.filter((path) => asks.test(codeOf(path))),
      [],
    );
  });

  it('print only in the command line', () => {
    const printers = sources.filter((path) => !isCli(path) && /\bconsole\./.test(codeOf(path)));
    assert.deepEqual(printers, []);
  });

  it('know of flags and of the terminal only in the command line', () => {
    const terminal =
      /['"](?:commander|cli-progress|picocolors)['"]|\bprocess\.(?:stdout|stderr|argv)\b/;
    // The log of services, the secrets that must not be shown, and programs that the command line starts.
    const known = [
      'src/shared/telemetry/logger.ts',
      'src/shared/redaction/secrets-of-process.ts',
      'src/model/runtime/device-probe-program.ts',
      'src/fleet/worker/worker-processes.ts',
    ];
    const others = sources.filter((path) => !isCli(path) && !known.includes(path));
    assert.deepEqual(
      others.filter((path) => terminal.test(codeOf(path))),
      [],
    );
  });

  it('name exit codes', () => {
    const literal =
      /\b(?:endProcess|process\.exit)\([1-9]|\bexitCode = [1-9]|\breturn (?:[2-9]|1[01]|70|130);/;
    const services = sources.filter((path) => isCli(path) || roomOf(path) === 'fleet');
    assert.deepEqual(
      services.filter((path) => literal.test(codeOf(path))),
      [],
    );
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

  it('have functions that fit a screen', () => {
    const long = sources.flatMap(functionsOf).filter(({ lines }) => lines > longestFunction);
    assert.deepEqual(long, []);
  });
});

describe('the threads of a run', () => {
  it('load no package that checks or reads files: each of them costs every thread 40 ms before it begins', () => {
    const pixels = packagesLoadedBy('src/worker/explain/pixel-thread.ts');
    const inference = packagesLoadedBy('src/worker/inference/inference-thread.ts');
    assert.deepEqual(
      ['zod', 'onnx-buf', '@bufbuild/protobuf'].filter((name) => pixels.has(name)),
      [],
    );
    assert.ok(!inference.has('zod'));
    assert.ok(pixels.has('piscina') && inference.has('piscina'), 'imports are followed');
  });

  it('load the package of pools when the first begins: a plan and a run of few images need none', () => {
    const plan = packagesLoadedBy('src/local/run-planned.ts');
    assert.deepEqual([plan.has('piscina'), plan.has('zod')], [false, true]);
  });
});

describe('the tests', () => {
  const tests = code.filter((path) => path.endsWith('.test.ts'));
  const isShared = (path: string): boolean => {
    const [, room = ''] = path.split('/');
    const entry = `test/${room}.test.ts`;
    const loads = `importTests('${room}')`;
    return path !== entry && tests.includes(entry) && repositoryText(entry).includes(loads);
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

  it('is installed without what the script of ONNX Runtime fetches, and without a setting that npm warns of', () => {
    const { packages } = JSON.parse(repositoryText('package-lock.json'));
    assert.equal(packages['node_modules/onnxruntime-node'].hasInstallScript, undefined);
    assert.equal(packages['node_modules/esbuild'].hasInstallScript, undefined);
    assert.doesNotMatch(repositoryText('.npmrc'), /onnx/);
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

function isCli(path: string): boolean {
  return roomOf(path) === 'cli';
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
