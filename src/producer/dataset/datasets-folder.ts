import { homedir } from 'node:os';
import path from 'node:path';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { readTextFile } from '../../shared/host/text-file.ts';

/**
 * Ultralytics' `datasets_dir` setting, below which its dataset files look for their images; `undefined` when it was never set. The
 * settings are in `YOLO_CONFIG_DIR` (in older versions that folder itself, now `Ultralytics` in it) or the platform's folder.
 *
 * @param yoloConfigDir What `YOLO_CONFIG_DIR` says, if anything.
 */
export async function ultralyticsDatasetsFolder(
  yoloConfigDir: string | undefined,
): Promise<string | undefined> {
  for (const folder of settingsFolders(yoloConfigDir)) {
    const datasets = await datasetsIn(path.join(folder, 'settings.json'));
    if (datasets !== undefined) return datasets;
  }
  return undefined;
}

/** Not our file: whatever is wrong with it means that there is no setting. */
async function datasetsIn(file: string): Promise<string | undefined> {
  try {
    const settings: unknown = JSON.parse(await readTextFile(file, mostFileBytes.config));
    const folder = (settings as { datasets_dir?: unknown } | null)?.datasets_dir;
    return typeof folder === 'string' && folder !== '' ? folder : undefined;
  } catch {
    return undefined;
  }
}

function settingsFolders(own: string | undefined): string[] {
  if (own) return [path.join(own, 'Ultralytics'), own];
  const byPlatform: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'AppData/Roaming',
    darwin: 'Library/Application Support',
  };
  return [path.join(homedir(), byPlatform[process.platform] ?? '.config', 'Ultralytics')];
}
