import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { cacheFolder, repositoryRoot } from '../support/cache-folder.ts';
import { libraryFolders, unpackDebianPackage } from '../support/debian-package.ts';
import { makeBucket, type TestBucket } from '../support/s3-bucket.ts';
import { awsEnvironment, useTestCredentials } from '../support/s3-credentials.ts';
import { startRealS3 } from '../support/s3-real.ts';
import { startS3Server } from '../support/s3-server.ts';
import type { S3Credentials } from '../support/s3-signature.ts';
import type { Abilities, Schedule, ScheduleSize } from './schedule.ts';
import { Seeded } from './seeded.ts';
import { canMountSmallDisk } from './small-disk.ts';

/** What all schedules of a campaign stand on: images and models in a folder and in a bucket, and a library that moves clocks. */
export interface Ground {
  /** Everything is below it. */
  readonly folder: string;
  readonly abilities: Abilities;
  /** Of libfaketime, for LD_PRELOAD. */
  readonly clockLibrary: string | undefined;
  /** Which S3 server, for people. */
  readonly s3Name: string;
  readonly s3Endpoint: string;
  readonly bucket: TestBucket;
  /** The environment of every command; `endpoint` is what s3:// means there. */
  environment(endpoint?: string): NodeJS.ProcessEnv;
  /** `--model` and `--images`, with what belongs to them. */
  input(schedule: Pick<Schedule, 'backend' | 'images'>): Promise<string[]>;
  close(): Promise<void>;
}

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const models = join(repositoryRoot, 'test/fixtures/models');
/** A tiny model at its own size, and one at 64 px that is several times quicker. */
const modelOf: Readonly<Record<ScheduleSize, { file: string; options: readonly string[] }>> = {
  full: { file: 'tiny-det.onnx', options: [] },
  short: { file: 'tiny-det-dynamic.onnx', options: ['--imgsz', '64'] },
};

/** @param folder - It exists; whoever gives it removes it. */
export async function layGround(folder: string, size: ScheduleSize): Promise<Ground> {
  const credentials = useTestCredentials();
  const server = (await startRealS3()) ?? {
    name: 'the S3 server of the tests',
    ...(await startS3Server()),
  };
  const bucket = await makeBucket(server.endpoint);
  // The short cut has none: the library would have to be fetched for it.
  const clockLibrary = size === 'full' ? await findClockLibrary() : undefined;
  const inFolder = new Map<number, Promise<string>>();
  const inBucket = new Map<number, Promise<void>>();
  const { file, options } = modelOf[size];
  const imagesOf = (count: number): Promise<string> =>
    remembered(inFolder, count, () => makeImages(join(folder, `dataset-${count}`), count));
  const upload = (count: number): Promise<void> =>
    remembered(inBucket, count, async () => {
      const store = bucket.store();
      await store.put(file, await readFile(join(models, file)));
      await putDataset(store, dirname(await imagesOf(count)));
    });
  return {
    folder,
    abilities: { clock: clockLibrary !== undefined, smallDisk: canMountSmallDisk(folder) },
    clockLibrary,
    s3Name: server.name,
    s3Endpoint: server.endpoint,
    bucket,
    environment: (endpoint) => environmentIn(folder, credentials, endpoint),
    input: async ({ backend, images }) => {
      if (backend === 'folder') {
        return ['--model', join(models, file), '--images', await imagesOf(images), ...options];
      }
      await upload(images);
      const root = `s3://${bucket.name}`;
      return [
        '--model',
        `${root}/${file}`,
        '--images',
        `${root}/dataset-${images}/images`,
        ...options,
      ];
    },
    close: async () => {
      await bucket.remove();
      await server.close();
    },
  };
}

function remembered<T>(known: Map<number, Promise<T>>, key: number, make: () => Promise<T>) {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

function environmentIn(
  folder: string,
  credentials: S3Credentials,
  endpoint: string | undefined,
): NodeJS.ProcessEnv {
  const aws = awsEnvironment(credentials, endpoint);
  const env = { ...process.env, ...aws, XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1' };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** `count` small crops of the example's photos, each another and always the same, and labels beside them, so that shards are evaluated too. Returns the images' folder. */
async function makeImages(dataset: string, count: number): Promise<string> {
  const folder = join(dataset, 'images');
  const labels = join(dataset, 'labels');
  for (const each of [folder, labels]) await mkdir(each, { recursive: true });
  const names = (await readdir(photos)).sort();
  const random = new Seeded('images');
  for (let n = 0; n < count; n++) {
    const name = String(n).padStart(4, '0');
    const path = join(folder, `${name}.jpg`);
    const photo = join(photos, names[n % names.length] ?? '');
    const place = { left: random.int(480), top: random.int(352), width: 160, height: 128 };
    if (existsSync(path)) continue;
    await writeFile(path, await sharp(photo).extract(place).jpeg({ quality: 85 }).toBuffer());
    const described = [path];
    if (n % 7 > 0) {
      const label = join(labels, `${name}.txt`);
      await writeFile(label, `0 0.5 0.5 0.${(n % 8) + 1} 0.4\n`.repeat(1 + (n % 2)));
      described.push(label);
    }
    // Etags of files hold the time, and so do the names of runs.
    for (const each of described) await utimes(each, 1_700_000_000 + n, 1_700_000_000 + n);
  }
  return folder;
}

async function putDataset(store: ObjectStore, dataset: string): Promise<void> {
  for (const kind of ['images', 'labels']) {
    for (const name of await readdir(join(dataset, kind))) {
      const bytes = await readFile(join(dataset, kind, name));
      await store.put(`${basename(dataset)}/${kind}/${name}`, bytes);
    }
  }
}

async function findClockLibrary(): Promise<string | undefined> {
  const into = join(cacheFolder(), 'debian-libfaketime');
  const result = await unpackDebianPackage({ packages: ['libfaketime'], into });
  if (result.status === 'unavailable') {
    process.stderr.write(`No clock can jump: ${result.reason}\n`);
    return undefined;
  }
  const found = (await libraryFolders(result.folder))
    .map((libraries) => join(libraries, 'libfaketime.so.1'))
    .find((path) => existsSync(path));
  return found;
}
