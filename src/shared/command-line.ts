/** The command as a person would type it again: arguments quoted where a shell needs it. */
export function commandLine(args: readonly string[]): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return ['eigenfleet', ...quoted].join(' ');
}
