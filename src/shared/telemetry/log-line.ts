/** Shown before the message or not at all; everything else of a line follows as `name=value`. */
const notRepeated = new Set(['level', 'time', 'pid', 'component', 'msg', 'err']);

/**
 * Formats a JSON log line for a terminal: `14:03:22 warn  worker: shard handed back  run=r1 shard=12`. An error adds its message, a fatal one its
 * stack. Other text passes unchanged. Control characters of the data are escaped: a file name cannot steer the terminal.
 */
export function plainLogLine(json: string): string {
  const line = parse(json);
  if (line === undefined) return json;
  const { level, time, component, msg, err } = line;
  const head = `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${component}: ${visible(String(msg ?? ''))}`;
  const fields = Object.entries(line)
    .filter(([name]) => !notRepeated.has(name))
    .map(([name, value]) => ` ${name}=${fieldText(value)}`);
  const details = fields.length === 0 ? '' : ` ${fields.join('')}`;
  return `${head}${details}${errorText(err, level === 'fatal')}\n`;
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function errorText(err: unknown, withStack: boolean): string {
  if (typeof err !== 'object' || err === null) return '';
  const { message, stack } = err as { message?: unknown; stack?: unknown };
  if (!withStack) return `  (${visible(String(message))})`;
  return `\n${String(stack).split('\n').map(visible).join('\n')}`;
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return visible(JSON.stringify(value));
  return /^[\w.:/@{}-]+$/.test(value) ? value : visible(JSON.stringify(value));
}

function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
