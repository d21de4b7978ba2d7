import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Versions of what a result depends on, read from the installed packages without loading them: `eigenfleet`, `node`,
 * `onnxruntime-node`, `sharp`, the decoders of HEIC and JPEG 2000. A package that is not installed is left out.
 */
export function softwareVersions(): Record<string, string> {
  const versions: Record<string, string> = {
    eigenfleet: versionIn(new URL('../../../../package.json', import.meta.url)),
    node: process.versions.node,
  };
  for (const name of ['onnxruntime-node', 'sharp', 'libheif-js', '@cornerstonejs/codec-openjpeg']) {
    const manifest = manifestOf(name);
    if (manifest !== undefined) versions[name] = versionIn(manifest);
  }
  return versions;
}

/** Looked up folder by folder: not every package exports its package.json, so it cannot be resolved. */
function manifestOf(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name, 'package.json')).find(existsSync);
}

function versionIn(manifest: string | URL): string {
  return String(JSON.parse(readFileSync(manifest, 'utf8')).version);
}
