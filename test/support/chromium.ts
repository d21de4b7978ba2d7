import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { libraryFolders, unpackDebianPackage } from './debian-package.ts';
import { findProgram, isExecutable } from './find-program.ts';
import { writeWhole } from './write-whole.ts';

/** The shell without windows first: the whole browser also runs pages of its own interface, half of what a page of ours takes. */
const programNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

const programPath = 'usr/lib/chromium/chromium-headless-shell';

let found: Promise<string | undefined> | undefined;

/**
 * A Chromium to look at pages with: `CHROMIUM_PATH`, else one on PATH, else Debian's package unpacked into the cache folder, with
 * its libraries and a font. `undefined`, and the reason on stderr, where none can be had. Start it with `--no-sandbox` as root.
 */
export function findChromium(): Promise<string | undefined> {
  found ??= locateChromium();
  return found;
}

async function locateChromium(): Promise<string | undefined> {
  const named = process.env.CHROMIUM_PATH;
  if (named) return isExecutable(named) ? named : say(`CHROMIUM_PATH is not a program: ${named}`);
  return findProgram(programNames) ?? (await unpackChromium());
}

async function unpackChromium(): Promise<string | undefined> {
  const result = await unpackDebianPackage({
    packages: ['chromium-headless-shell', 'chromium-common', 'fonts-dejavu-core'],
    into: join(cacheFolder(), 'debian-headless-shell'),
  });
  if (result.status === 'unavailable') return say(result.reason);
  const program = join(result.folder, programPath);
  if (!isExecutable(program)) return say(`the package has no ${program}`);
  return writeLauncher(result.folder);
}

/** A shell script that gives Chromium its libraries and fonts. The wrapper that Debian ships names absolute paths. */
async function writeLauncher(folder: string): Promise<string> {
  const libraries = (await libraryFolders(folder)).map((path) => `$here/${relative(folder, path)}`);
  await writeWhole(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`,
  );
  const launcher = join(folder, 'chromium.sh');
  await writeWhole(
    launcher,
    `#!/bin/sh
here=\${0%/*}
export LD_LIBRARY_PATH="${libraries.join(':')}"
export FONTCONFIG_FILE="$here/fonts.conf"
export XDG_CACHE_HOME="$here/cache"
exec "$here/${programPath}" "$@"
`,
    0o755,
  );
  return launcher;
}

function say(reason: string): undefined {
  writeFileSync(2, `No Chromium for the tests: ${reason}\n`);
}
