// npm runs this after "npm ci", and also when npx links the package before anything is installed, or with --omit=dev:
// then there is nothing to build with, and failing would leave a broken entry in npx's cache. The types tell, not the
// compiler: that comes along as the optional peer of a package that we run with.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('node_modules/@types/node')) {
  const { status } = spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
