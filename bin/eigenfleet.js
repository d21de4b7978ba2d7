#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=4194304 node --max-semi-space-size=2
// glibc reads these when a process starts: without them its pools for each thread keep what pictures and models freed (docs/performance.md).
// Young objects of the main thread, in MiB: it makes few. src/shared/host/threads/collect-garbage-seldom.ts gives the threads of pixels more.
// npx links this file when it first meets the package, built or not: a link to dist/ made too early would stay broken.
import { existsSync } from 'node:fs';

// Of docs/operations.md: Node itself ends with 1, which is the code of a rule that failed.
const [device, fault] = [6, 70];
process.once('uncaughtExceptionMonitor', () => {
  process.once('exit', () => {
    process.exitCode = fault;
  });
});

const cli = new URL('../dist/bundle/cli.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  refuse(
    `eigenfleet needs Node 20.19 or newer, and this is ${process.version}: install a newer Node.`,
  );
} else if (existsSync(cli)) {
  await import(cli.href);
} else {
  refuse('eigenfleet is not built yet: run "npm ci" or "npm run build" in its folder.');
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = device;
}
