import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { findChromium } from './chromium.ts';
import { linkWhole, writeWhole } from './write-whole.ts';

/** Environment variables to add to a child process; see `softwareVulkan`. */
export type VulkanEnvironment = Readonly<Record<string, string>>;

const driverName = 'libvk_swiftshader.so';
const loaderName = 'libvulkan.so.1';

let found: Promise<VulkanEnvironment | undefined> | undefined;

/**
 * What a child process needs in its environment so that ONNX Runtime's WebGPU provider finds an adapter on a machine without a
 * GPU: SwiftShader, the Vulkan driver in software that a Chromium brings along. Correct and very slow: tiny models only.
 * `undefined`, and the reason on stderr, where there is no Chromium or it brings no driver.
 */
export function softwareVulkan(): Promise<VulkanEnvironment | undefined> {
  found ??= prepareVulkan();
  return found;
}

async function prepareVulkan(): Promise<VulkanEnvironment | undefined> {
  const chromium = await findChromium();
  if (chromium === undefined) return say('there is no Chromium to take SwiftShader from');
  const folder = programFolders(chromium).find(
    (path) => existsSync(join(path, driverName)) && existsSync(join(path, loaderName)),
  );
  if (folder === undefined) return say(`${chromium} brings no ${driverName} and ${loaderName}`);
  return writeVulkanHome(folder);
}

/** Where the libraries of a Chromium may lie: beside the program, or where Debian's and our own launch scripts find them. */
function programFolders(chromium: string): string[] {
  const beside = dirname(realpathSync(chromium));
  return [beside, join(beside, 'usr/lib/chromium'), join(beside, '../lib/chromium')];
}

/** The loader alone goes on the library path: Chromium's folder also holds GL libraries that nobody else should meet. */
async function writeVulkanHome(folder: string): Promise<VulkanEnvironment> {
  const home = join(cacheFolder(), 'software-vulkan');
  const manifest = join(home, 'swiftshader.json');
  const driver = { library_path: join(folder, driverName), api_version: '1.0.5' };
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
  await linkWhole(join(folder, loaderName), join(home, loaderName));
  await writeWhole(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD: driver }));
  const inherited = process.env.LD_LIBRARY_PATH;
  return {
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: inherited ? `${home}:${inherited}` : home,
    XDG_RUNTIME_DIR: join(home, 'run'),
  };
}

function say(reason: string): undefined {
  writeFileSync(2, `No software Vulkan for the tests: ${reason}\n`);
}
