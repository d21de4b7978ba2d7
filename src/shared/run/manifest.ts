import { z } from 'zod';
import { sampleLines } from '../../kernels/sample-lines.ts';
import { EigenfleetError } from '../errors.ts';
import { compareUtf8 } from '../storage/utf8-order.ts';
import { type Sample, sampleSchema } from './sample.ts';

const lineSchema = z.strictObject(sampleSchema.shape);

/** One manifest line with its newline. The order of the fields is part of the format: the dataset's digest is taken over these bytes. */
export function encodeManifestLine({ key, sizeBytes, etag }: Sample): string {
  return `{"key":${JSON.stringify(key)},"sizeBytes":${sizeBytes},"etag":${JSON.stringify(etag)}}\n`;
}

const encoder = new TextEncoder();

/** The lines of several samples: the same as `encodeManifestLine` of each. A view that the next call changes. */
export function encodeManifestLines(samples: readonly Sample[]): Uint8Array {
  return sampleLines(samples) ?? encoder.encode(samples.map(encodeManifestLine).join(''));
}

/** A manifest part: JSON Lines, one sample a line, in the order given (which must be the order of the keys). */
export function encodeManifest(samples: Iterable<Sample>): Uint8Array {
  return encodeManifestLines([...samples]).slice();
}

/**
 * Reads a manifest part strictly: valid UTF-8, a newline after every line, exactly the fields of a sample,
 * keys strictly ascending by their UTF-8 bytes.
 *
 * @param name What the error calls it, such as the object's key.
 * @throws EigenfleetError `storage`
 */
export function parseManifest(bytes: Uint8Array, name = 'manifest'): Sample[] {
  const lines = decodeText(bytes, name).split('\n');
  if (lines.pop() !== '') throw broken(name, lines.length + 1, 'has no newline at its end');
  const samples: Sample[] = [];
  let previous: string | undefined;
  for (const [index, line] of lines.entries()) {
    const sample = parseLine(line, name, index + 1);
    if (previous !== undefined && compareUtf8(previous, sample.key) >= 0) {
      throw broken(name, index + 1, 'is out of order');
    }
    previous = sample.key;
    samples.push(sample);
  }
  return samples;
}

function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EigenfleetError('storage', `${name} is not UTF-8 text.`, {
      cause,
    });
  }
}

function parseLine(line: string, name: string, number: number): Sample {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw broken(name, number, 'is not JSON');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw broken(name, number, 'is not a sample {key, sizeBytes, etag}');
  return parsed.data;
}

function broken(name: string, line: number, what: string): EigenfleetError {
  return new EigenfleetError('storage', `Line ${line} of ${name} ${what}: the file is damaged.`);
}
