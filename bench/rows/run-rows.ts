import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BenchGroup, BenchPlace, BenchRow } from '../support/bench-row.ts';
import {
  type Build,
  type BuildRun,
  componentsOnly,
  knownFlags,
  runCommand,
  runIn,
} from '../support/build.ts';
import { type ImageCase, imageCases } from '../support/image-cases.ts';
import { makeImageFiles } from '../support/image-files.ts';

const aims = [
  { shards: '>= 0.92', all: '>= 0.85' },
  { shards: '>= 0.88', all: '>= 0.80' },
  { shards: '>= 0.80', all: '>= 0.60' },
];

/** Whole runs as a person starts them, with the maps of components alone on both sides. */
export const runRows: readonly BenchGroup[] = imageCases.map((one, index) => {
  const { shards, all } = aims[index] ?? { shards: '', all: '' };
  const row = (id: string, words: string, aim: string): BenchRow => ({
    ...{ id: `run-${index}-${id}`, words: `${words} / bare model at its best, ${one.name}` },
    ...{ unit: 'ratio', better: 'high', aim, turns: { short: 1, full: 4 } },
  });
  return {
    rows: [row('shards', 'shards of a run', shards), row('all', 'whole run', all)],
    prepare: (folder, length) => makeImageFiles(filesOf(one, folder, length)),
    measure: async (build, place) => {
      const { folder: source, count } = filesOf(one, place.folder, place.length);
      const bare = await bareRate(build, one, place);
      const run = await explained(build, { model: one.model, source, place });
      const { timings }: { timings: { wallMs: number } } = JSON.parse(run.output);
      return {
        [`run-${index}-shards`]: ((count / timings.wallMs) * 1000) / bare,
        [`run-${index}-all`]: ((count / run.wallMs) * 1000) / bare,
      };
    },
  };
});

function filesOf({ width, height }: ImageCase, folder: string, length: 'short' | 'full') {
  const count = length === 'full' ? 256 : 32;
  return { folder: join(folder, `${width}x${height}`), count, width, height };
}

/** Images per second of the bare model: sessions of one thread each, one a thread of the machine, in processes of their own. Always this build's program. */
async function bareRate(build: Build, { model }: ImageCase, { length }: BenchPlace) {
  const child = resolve('dist/bench/support/bare-child.js');
  const images = length === 'full' ? '64' : '16';
  const { output } = await runIn({ ...build, folder: process.cwd() }, [child, model, images]);
  return Number(output);
}

async function explained(
  build: Build,
  { model, source, place }: { model: string; source: string; place: BenchPlace },
): Promise<BuildRun> {
  const out = join(place.folder, `out-${build.name}`);
  const plain = ['--overlays', 'none', '--device', 'cpu', '--json', '--quiet'];
  const args = ['run', '-m', resolve(model), '-i', source, '-o', out, ...plain];
  try {
    return await runCommand(build, [...args, ...(await componentsOnly(build))]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

interface MemoryCase {
  readonly id: string;
  readonly words: string;
  readonly model: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly turns: BenchRow['turns'];
  /** Of an image, where its bytes are a row as well. */
  readonly bytesAim?: string;
}

const [model640, model320] = [
  'bench/models/bccd-yolov8n-640.onnx',
  'examples/blood-cells/bccd-yolov8n.onnx',
];
const photo = { width: 640, height: 480 };
const memoryCases: readonly MemoryCase[] = [
  {
    id: 'one',
    words: 'one image',
    model: model320,
    count: 1,
    ...photo,
    turns: { short: 3, full: 8 },
  },
  {
    ...{ id: '24', words: '24 images at 320 px', model: model320, count: 24, ...photo },
    ...{ turns: { short: 2, full: 6 }, bytesAim: '<= 0.5 of before' },
  },
  {
    ...{ id: '24-640', words: '24 images at 640 px', model: model640, count: 24, ...photo },
    ...{ turns: { short: 1, full: 4 }, bytesAim: '<= 0.5 of before' },
  },
  {
    ...{ id: '10000', words: '10,000 images at 320 px', model: model320, count: 10_000 },
    ...{ ...photo, turns: { full: 1 } },
  },
  {
    ...{ id: '12mp', words: '12-megapixel photos at 640 px', model: model640, count: 48 },
    ...{ width: 4000, height: 3000, turns: { full: 2 } },
  },
];

/** Peak memory, time and stored bytes of whole runs. */
export const memoryRows: readonly BenchGroup[] = memoryCases.map((one) => {
  const { id, words, model, count, width, height, turns, bytesAim } = one;
  const source = (folder: string) => join(folder, `memory-${id}`);
  const common = { better: 'low', turns } as const;
  return {
    rows: [
      {
        id: `memory-${id}`,
        words: `peak memory, ${words}`,
        unit: 'MB',
        aim: '<= 0.6 of before',
        ...common,
      },
      ...(id === 'one'
        ? [
            {
              id: 'start-cpu',
              words: 'one image, start to report',
              unit: 's of CPU',
              aim: '<= 0.6 of before',
              ...common,
            } as const,
          ]
        : []),
      ...(bytesAim === undefined
        ? []
        : [
            {
              id: `bytes-${id}`,
              words: `stored bytes an image, ${words}`,
              unit: 'KB',
              aim: '',
              ...common,
            } as const,
            {
              id: `bytes-8-bits-${id}`,
              words: `stored bytes an image, --map-bits 8, ${words}`,
              unit: 'KB',
              aim: bytesAim,
              ...common,
            } as const,
          ]),
    ],
    prepare: (folder) => makeImageFiles({ folder: source(folder), count, width, height }),
    measure: async (build, { folder }) => {
      const out = join(folder, `memory-out-${build.name}`);
      const plain = ['--overlays', 'none', '--device', 'cpu', '--quiet'];
      const args = ['run', '-m', resolve(model), '-i', source(folder), '-o', out, ...plain];
      const run = await runCommand(build, [...args, ...(await componentsOnly(build))]);
      const bytes = await storedBytes(out);
      await rm(out, { recursive: true, force: true });
      const small = bytesAim === undefined ? 0 : await smallBytes(build, args, out);
      return {
        [`memory-${id}`]: run.peakBytes / 1e6,
        ...(id === 'one' && { 'start-cpu': run.cpuMs / 1000 }),
        ...(bytesAim !== undefined && {
          [`bytes-${id}`]: bytes / count / 1000,
          [`bytes-8-bits-${id}`]: small / count / 1000,
        }),
      };
    },
  };
});

/** The same run with maps of 8 bits, where the build has them. */
async function smallBytes(build: Build, args: readonly string[], out: string): Promise<number> {
  const flags = [
    ...(await componentsOnly(build)),
    ...(await knownFlags(build, [['--map-bits', '8']])),
  ];
  await runCommand(build, [...args, ...flags]);
  const bytes = await storedBytes(out);
  await rm(out, { recursive: true, force: true });
  return bytes;
}

/** Rows and maps: what an image leaves for good, without the report and without what a run has once. */
async function storedBytes(out: string): Promise<number> {
  let bytes = 0;
  for (const file of await readdir(out, { recursive: true })) {
    if (!/(?:^|[\\/])(?:shards|maps|images)[\\/]/.test(file)) continue;
    const info = await stat(join(out, file));
    if (info.isFile()) bytes += info.size;
  }
  return bytes;
}

/** What a plan costs: nothing is explained. */
export const planRows: readonly BenchGroup[] = [
  {
    rows: [
      {
        ...{ id: 'dry-run', words: '--dry-run over 24 images', unit: 's of CPU', better: 'low' },
        ...{ aim: '<= 0.6 of before', turns: { short: 3, full: 10 } },
      },
    ],
    measure: async (build) => {
      const { cpuMs } = await runCommand(build, [
        ...['run', '-m', 'examples/blood-cells/bccd-yolov8n.onnx'],
        ...['-i', 'examples/blood-cells/images/test', '--dry-run', '--quiet'],
      ]);
      return { 'dry-run': cpuMs / 1000 };
    },
  },
];
