import { redactArguments } from './redact-credentials.ts';

/** The command as a person would type it again: arguments quoted where a shell needs it, and `***` for credentials. */
export function commandLine(args: readonly string[]): string {
  const quoted = redactArguments(args).map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return ['eigenfleet', ...quoted].join(' ');
}
