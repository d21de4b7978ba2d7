import { createRequire } from 'node:module';
import type Sharp from 'sharp';

/**
 * sharp, loaded with `require`: its ES module is a wrapper around the same CommonJS packages, and an `import` reads those a second time for the
 * names that they export, which is 0.1 s of CPU in every process and pixel thread.
 */
export const sharp: typeof Sharp = createRequire(import.meta.url)('sharp');

// No file is opened twice from the same memory: libvips' cache of 100 operations, up to 50 MB, would never be hit.
sharp.cache(false);
