import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a worker or coordinator through the command line; resolves when it says that it has started. */
export async function startService(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['bin/eigenfleet.js', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...environment, LOG_LEVEL: 'info' },
  });
  let said: string | undefined = '';
  await new Promise<void>((resolve, reject) => {
    // Read to the end, or the pipe fills up and the service waits.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said === undefined) return;
      said += text;
      if (!/ started"/.test(said)) return;
      said = undefined;
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}:\n${said}`)));
  });
  return child;
}

/** Ends it in good order, and waits for that. */
export async function stopService(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
