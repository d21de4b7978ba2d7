// A process that runs one command line after the other, and loads what they stand on only once: see warm-cli.ts.
import { pathToFileURL } from 'node:url';
import { cliPath } from './program-path.ts';
import type { WarmCall, WarmEnd } from './warm-cli.ts';

interface Running {
  readonly call: WarmCall;
  settled: boolean;
}

let running: Running | undefined;

process.on('message', (call: WarmCall) => void start(call));
process.on('disconnect', () => process.exit());
process.on('beforeExit', end);

async function start(call: WarmCall): Promise<void> {
  const now: Running = { call, settled: false };
  running = now;
  process.chdir(call.cwd);
  for (const [name, value] of Object.entries(call.env)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  process.argv = [process.execPath, cliPath, ...call.args];
  // From here on only the command keeps this process alive, as it does one of its own.
  process.channel?.unref();
  // Another address for each call: the program is run anew, and its modules are those that are loaded already.
  await import(`${pathToFileURL(cliPath)}?${call.mark}`);
  now.settled = true;
}

/** Here a process of the command's own would end: nothing of it is left to wait for. What hangs there hangs here. */
function end(): void {
  if (running === undefined) return;
  const { call, settled } = running;
  running = undefined;
  // 13 is what Node says of a program that waits for what can never come.
  const code = settled ? Number(process.exitCode ?? 0) : 13;
  process.exitCode = undefined;
  process.stdout.removeAllListeners('error');
  process.channel?.ref();
  process.stdout.write(call.mark);
  process.stderr.write(call.mark);
  process.send?.({ code } satisfies WarmEnd);
}
