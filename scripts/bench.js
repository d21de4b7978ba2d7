// npm run bench [-- --full] [-- --against COMMIT]: builds the other commit where one is named, then measures (bench/bench.ts).
import { execFileSync, spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const at = args.indexOf('--against');
const folder = [];
if (at >= 0) {
  try {
    const stdio = ['ignore', 'pipe', 'inherit'];
    const built = execFileSync('bash', ['bench/against.sh', args[at + 1] ?? ''], {
      encoding: 'utf8',
      stdio,
    });
    folder.push('--folder', built.trim());
  } catch {
    process.exit(2);
  }
}
const { status } = spawnSync(process.execPath, ['dist/bench/bench.js', ...args, ...folder], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
