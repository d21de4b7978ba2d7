import { createHash } from 'node:crypto';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import { defaultModelFolder, lockCache, writeAtOnce } from '../cache/cache-folder.ts';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import { type ProbeReport, probeReportSchema } from './probe-report.ts';

const probeRecordSchema = z.object({
  schema: z.literal('probe@1'),
  /** The file's name when it was probed. */
  model: z.string(),
  sha256: z.string(),
  device: z.string(),
  /** Of ONNX Runtime. */
  runtime: z.string(),
  /** Names of the tensors of the layers, in their order. */
  tensors: z.array(z.string()),
  /** ISO 8601. */
  probedAt: z.string(),
  report: probeReportSchema,
});

export type ProbeRecord = z.infer<typeof probeRecordSchema>;

/** What a probe's result holds for. */
export interface ProbeSubject {
  readonly name: string;
  readonly sha256: string;
  readonly device: string;
  readonly layers: readonly ActivationLayer[];
  /** Everything else that decides the graph, as plain data. */
  readonly plan: unknown;
}

export interface ProbeCache {
  /** Of models; `defaultModelFolder` when absent. */
  readonly cacheFolder?: string | undefined;
}

/**
 * Probes a model unless that was done on this machine: once for a model file, its layers and settings, a device and the versions of eigenfleet and ONNX Runtime. Records are in
 * `probes` of the model cache's folder. A cache that cannot be used costs the time of another probe. Only agreement is recorded: what `probe` throws is thrown, and `undefined`,
 * that nothing could be found out, is tried again the next time.
 */
export async function probeOnce(
  subject: ProbeSubject,
  probe: () => Promise<ProbeReport | undefined>,
  { cacheFolder = defaultModelFolder() }: ProbeCache = {},
): Promise<void> {
  const folder = join(cacheFolder, 'probes');
  const name = recordName(subject);
  const path = join(folder, `${name}.json`);
  if ((await readRecord(path)) !== undefined) return;
  const lockFolder = join(folder, 'probing', name);
  const lock = await lockCache(lockFolder).catch(() => undefined);
  try {
    if ((await readRecord(path)) !== undefined) return;
    const report = await probe();
    if (report === undefined) return;
    const record = JSON.stringify(recordOf(subject, report), undefined, 2);
    await writeAtOnce(path, Buffer.from(record)).catch(() => {});
  } finally {
    await lock?.release();
    await rmdir(lockFolder).catch(() => {});
  }
}

/** All that was probed on this machine, latest first. */
export async function readProbes({
  cacheFolder = defaultModelFolder(),
}: ProbeCache = {}): Promise<ProbeRecord[]> {
  return readNamed(cacheFolder, '');
}

/** The latest of a model with these layers. */
export async function findProbe(
  sha256: string,
  tensors: readonly string[],
  { cacheFolder = defaultModelFolder() }: ProbeCache = {},
): Promise<ProbeRecord | undefined> {
  const wanted = JSON.stringify(tensors);
  const records = await readNamed(cacheFolder, layersName(sha256, tensors));
  return records.find((record) => JSON.stringify(record.tensors) === wanted);
}

/** Those whose name begins with `start`, latest first. */
async function readNamed(cacheFolder: string, start: string): Promise<ProbeRecord[]> {
  const folder = join(cacheFolder, 'probes');
  const names = await readdir(folder).catch(() => []);
  const wanted = names.filter((name) => name.endsWith('.json') && name.startsWith(start));
  const records = await Promise.all(wanted.map((name) => readRecord(join(folder, name))));
  return records
    .filter((record) => record !== undefined)
    .sort((a, b) => b.probedAt.localeCompare(a.probedAt));
}

function recordName({ name: _, sha256, ...subject }: ProbeSubject): string {
  const { eigenfleet, 'onnxruntime-node': runtime } = softwareVersions();
  const facts = JSON.stringify([subject, eigenfleet, runtime]);
  const tensors = subject.layers.map(({ tensor }) => tensor);
  return `${layersName(sha256, tensors)}-${shortHash(facts)}`;
}

/** The layers are in the name, so that they are found without reading what else was probed. */
function layersName(sha256: string, tensors: readonly string[]): string {
  return `${sha256}-${shortHash(JSON.stringify(tensors)).slice(0, 8)}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function recordOf(
  { name, sha256, device, layers }: ProbeSubject,
  report: ProbeReport,
): ProbeRecord {
  const runtime = softwareVersions()['onnxruntime-node'] ?? '';
  const tensors = layers.map(({ tensor }) => tensor);
  const probedAt = new Date().toISOString();
  return { schema: 'probe@1', model: name, sha256, device, runtime, tensors, probedAt, report };
}

async function readRecord(path: string): Promise<ProbeRecord | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return probeRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
