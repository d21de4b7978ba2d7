// npm runs this before it packs. What was compiled of a source that is gone still lies in dist, and does not belong to the package.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/src');
for (const file of readdirSync(compiled, { recursive: true, encoding: 'utf8' })) {
  const source = /^(.*)(?:\.d\.ts|\.js|\.js\.map)$/.exec(file)?.[1];
  if (source !== undefined && !existsSync(join(root, 'src', `${source}.ts`))) {
    rmSync(join(compiled, file));
  }
}
