// Compiles kernels/ (AssemblyScript) to src/kernels/kernel-code.ts: `npm run build:kernels`, after every change there. The compiler weighs
// 100 MB and its answer 5 kB, so the answer is in the repository; a test compares the digest of the sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const compiler = 'assemblyscript@0.28.20';
const folder = mkdtempSync(join(tmpdir(), 'eigenfleet-kernels-'));
try {
  const out = join(folder, 'kernels.wasm');
  const flags = '-O3 --runtime stub --enable simd --noAssert';
  const command = `npx --yes --package ${compiler} asc kernels/index.ts ${flags} -o ${out}`;
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const code = readFileSync(out)
    .toString('base64')
    .replace(/.{1,96}/g, "  '$&',\n");
  writeFileSync(
    'src/kernels/kernel-code.ts',
    `// Made by \`npm run build:kernels\` with ${compiler}: do not edit.

/** SHA-256 of the sources in kernels/ that this was compiled from. */
export const kernelSources = '${digestOfSources()}';

/** WebAssembly, in base64. */
export const kernelCode = [
${code}].join('');
`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of readdirSync('kernels').sort())
    hash.update(readFileSync(join('kernels', file)));
  return hash.digest('hex');
}
