// npm runs this after "npm ci", and also when npx links the package before anything is installed, or with --omit=dev:
// then there is no compiler, and failing would leave a broken entry in npx's cache.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('node_modules/typescript')) {
  const { status } = spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
