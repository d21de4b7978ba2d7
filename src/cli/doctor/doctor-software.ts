import { messageOf } from '../../shared/errors.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import type { DoctorCheck } from './doctor-check.ts';

const oldestNode = { major: 20, minor: 19 };
/** sharp's name of a format -> the common name. Of HEIF, sharp's prebuilt library reads only AVIF; HEIC has its own decoder. */
const wantedFormats = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  tiff: 'TIFF',
  gif: 'GIF',
  heif: 'AVIF',
} as const;

/** Node, sharp and ONNX Runtime: the versions that are installed, and whether they load. */
export async function checkSoftware(): Promise<DoctorCheck[]> {
  return [checkNode(process.versions.node), await checkSharp(), checkRuntime()];
}

/** @param version Such as `20.19.0`. */
export function checkNode(version: string): DoctorCheck {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const recent =
    major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  const platform = `${process.platform} ${process.arch}`;
  const base = { name: 'Node', data: { version, platform } };
  if (recent) return { ...base, status: 'ok', says: `${version} on ${platform}` };
  const oldest = `${oldestNode.major}.${oldestNode.minor}`;
  return {
    ...base,
    status: 'problem',
    says: `${version} is older than ${oldest}`,
    remedy: `install Node ${oldest} or newer.`,
  };
}

async function checkSharp(): Promise<DoctorCheck> {
  try {
    const { default: sharp } = await import('sharp');
    const readable = (name: string): boolean => sharp.format[name as 'heif']?.input.buffer;
    const names = Object.entries(wantedFormats);
    const formats = names.filter(([name]) => readable(name)).map(([, words]) => words);
    const missing = names.filter(([name]) => !readable(name)).map(([, words]) => words);
    const versions = { sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips };
    const base = { name: 'images', data: { ...versions, formats } };
    const says = `sharp ${versions.sharp} with libvips ${versions.libvips} reads ${formats.join(', ')}; HEIC, JPEG 2000 and BMP have their own decoders`;
    if (missing.length === 0) return { ...base, status: 'ok', says };
    const remedy =
      'such images will fail with a row that says so; convert them, or reinstall sharp.';
    return { ...base, status: 'note', says: `${says}; not ${missing.join(', ')}`, remedy };
  } catch (error) {
    return {
      name: 'images',
      status: 'problem',
      says: `sharp does not load: ${firstLine(messageOf(error))}`,
      remedy: 'install the dependencies on this machine with "npm ci".',
      data: { error: messageOf(error) },
    };
  }
}

/** Checks only the version: the processes that probe the devices load it. */
function checkRuntime(): DoctorCheck {
  const version = softwareVersions()['onnxruntime-node'];
  if (version !== undefined) {
    return { name: 'ONNX Runtime', status: 'ok', says: version, data: { version } };
  }
  return {
    name: 'ONNX Runtime',
    status: 'problem',
    says: 'onnxruntime-node is not installed',
    remedy: 'install the dependencies with "npm ci".',
    data: {},
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
