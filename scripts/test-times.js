// Says what each test file costs in CPU time, with all processes that it starts, the dearest first: `node scripts/test-times.js [FILE.test.js ...]`, without
// names all of `npm test`. A clock says little where other programs run; CPU time says more, if not all. Looks into /proc, so Linux only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A process is missed for up to so long at its end. */
const lookEveryMs = 100;
/** In which /proc counts: USER_HZ of Linux. */
const ticksPerSecond = 100;

const sum = (values) => values.reduce((total, value) => total + value, 0);

const files = process.argv.length > 2 ? process.argv.slice(2) : filesOfSuite();
const costs = [];
for (const file of files) costs.push(await costOf(file));
costs.sort((a, b) => b.cpuSeconds - a.cpuSeconds);
for (const { file, cpuSeconds, seconds, code } of costs) {
  say(cpuSeconds, seconds, code === 0 ? file : `${file} FAILED`);
}
say(
  sum(costs.map(({ cpuSeconds }) => cpuSeconds)),
  sum(costs.map(({ seconds }) => seconds)),
  `all ${costs.length} files`,
);
process.exitCode = costs.some(({ code }) => code !== 0) ? 1 : 0;

/** The files of `npm test`, by the patterns of its script. */
function filesOfSuite() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folders = [...scripts.test.matchAll(/(\S+)\/\*\.test\.js/g)].map(([, folder]) => folder);
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.test.js'))
      .map((name) => join(folder, name)),
  );
}

async function costOf(file) {
  const start = performance.now();
  const child = spawn(process.execPath, ['--test', file], { cwd: root, stdio: 'ignore' });
  const ended = once(child, 'close');
  const seen = new Map();
  const timer = setInterval(() => look(child.pid, seen), lookEveryMs);
  const [code] = await ended;
  clearInterval(timer);
  look(child.pid, seen);
  const ticks = sum([...seen.values()].map((one) => one.ticks));
  const seconds = (performance.now() - start) / 1000;
  return { file, cpuSeconds: ticks / ticksPerSecond, seconds, code };
}

/** Notes what every process that descends from this one has used so far; one whose parent has gone stays known. */
function look(pid, seen) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .sort((a, b) => a.started - b.started);
  const known = new Set([pid]);
  for (const { id, key } of processes) if (seen.has(key)) known.add(id);
  for (const one of processes) {
    if (!known.has(one.id) && !known.has(one.parent)) continue;
    known.add(one.id);
    seen.set(one.key, one);
  }
}

/** Of proc(5): the name, in parentheses, may hold spaces; then state, parent and so on. `undefined` for a process that has just gone. */
function statOf(id) {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, started = 0] = [1, 11, 12, 19].map((at) => fields[at]);
    return { id, parent, started, key: `${id} ${started}`, ticks: user + system };
  } catch {
    return undefined;
  }
}

function say(cpuSeconds, seconds, words) {
  const column = (value) => value.toFixed(1).padStart(8);
  process.stdout.write(`${column(cpuSeconds)} s of CPU${column(seconds)} s  ${words}\n`);
}
