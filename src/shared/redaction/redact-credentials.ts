import { secretsOfProcess } from './secrets-of-process.ts';

/** Ends of names under which secrets are written: `REDIS_PASSWORD`, `x-amz-security-token`, `aws_secret_access_key`. */
const secretWord =
  '(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)(?:[_-]?(?:id|key|value))?';
const secretName = `[\\w.-]{0,64}${secretWord}`;
/** Names that mean a secret in front of `=` only, as in a query string. */
const queryName = `(?:pass|pwd|key|auth|code|sig|[\\w.-]{0,64}(?:credential|signature)|${secretName})`;

/** What ends an address within a text: in an argument or a setting of its own nothing does, and a password may hold blanks and quotes. */
const endOfWord = '\\s"\'`<>';

/** What the sentences of our own messages show as the way to write an address. */
const example = '(?!(?://)?(?:user)?:password@host)';

/** Of a model in MLflow's registry, a name stands where other addresses have a user: `mlflow://detector@champion`. With a colon in it, it is an address after all. */
const modelAlias = '(?!(?:mlflow://|models:/{1,3})[^:/?#@\\s]{1,512}@[\\w.-]+(?![\\w.@-]|:\\w))';

/** A path that was made of an address has one slash: `/folder/https:/user:password@host`. A drive, `C:/`, is not the begin of one. */
const begin = `${modelAlias}[a-z][a-z0-9+.-]{0,30}:(?://|(?<=\\w\\w:)/)`;

/** Each is replaced by its first group and `***`, with the last group behind that where there is one. */
function patternsFor(end: string): readonly (readonly [pattern: RegExp, by: string])[] {
  const some = `[^${end}]{0,2048}`;
  const port = `(?!\\d{1,5}(?:[/?#${end}]|$))`;
  return [
    // A Redis address has no path with an @ in it, so that all before the last one is a password, unencoded `@`, `/`, `?` and `#` included.
    [new RegExp(`\\b((?:rediss?|valkeys?):${example}/{0,3})${some}@`, 'gi'), '$1***@'],
    // The same of an address whose first part has a colon that begins no port.
    [new RegExp(`\\b(${begin})${example}[^${end}/?#@[]{0,2048}:${port}${some}@`, 'gi'), '$1***@'],
    // User and password end at the first `/`, `?` or `#` (RFC 3986, section 3.2).
    [new RegExp(`\\b(${begin})${example}[^${end}/?#\\\\]{0,2048}@`, 'gi'), '$1***@'],
    // Parameters of signed addresses, also in an address that is the parameter of another.
    [
      new RegExp(
        `((?:[?&;]|%3f|%26|%3b)${queryName}(?:=|%3d))(?:(?!%26|%23)[^&;#\\\\${end}])+`,
        'gi',
      ),
      '$1***',
    ],
  ];
}

const inText = patternsFor(endOfWord);
const inValue = patternsFor('\\0');

/** Headers, settings and flags: `Authorization: Bearer x`, `"password":"x"`, `--token x`, `AWS_SECRET_ACCESS_KEY=x`. */
const named: readonly RegExp[] = [
  /(\bauthorization["']?\s?[:=]\s?["']?)[^"'\r\n]+/gi,
  new RegExp(`(\\b${secretName}\\\\?["']?(?:=|:\\s?)\\\\?["']?)[^\\s"'\`\\\\,;&<>)]+`, 'gi'),
  new RegExp(`((?<![\\w-])--?${secretName}\\s+["']?)[^\\s"'\`<>-][^\\s"'\`<>]*`, 'gi'),
];

/**
 * Replaces secrets by `***`: user and password of every address in the text, signatures and tokens in query strings,
 * values of settings and headers that are named like secrets, and the very secrets that this process was given, however they are
 * written. Everything that prints or stores a command line, an error or a log line goes through here.
 *
 * @param secrets Texts that are secret in any context.
 */
export function redactCredentials(
  text: string,
  secrets: readonly string[] = secretsOfProcess(),
): string {
  let safe = withoutSecrets(text, secrets);
  for (const [pattern, by] of inText) safe = safe.replace(pattern, by);
  for (const pattern of named) safe = safe.replace(pattern, '$1***');
  return safe;
}

/** Redacts one value that is an address, or should be one: like `redactCredentials`, and also what could be a password in a malformed one. */
export function redactAddress(value: string): string {
  let safe = withoutSecrets(value, secretsOfProcess());
  for (const [pattern, by] of inValue) safe = safe.replace(pattern, by);
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(safe) ?? [];
  const place = rest.slice(rest.lastIndexOf('@') + 1);
  const host = rest === place || rest.startsWith('***@') ? rest : `***@${place}`;
  // After a colon comes a port, or what somebody took for one.
  return scheme + host.replace(/:(?!\d{1,5}(?:[/?#]|$))(?![^[]*\]).*$/s, ':***');
}

/** The arguments of a command, to be shown or stored. */
export function redactArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const [, flag, value] = /^(--?[\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (flag !== undefined && value !== undefined) return `${flag}=${redactValue(flag, value)}`;
    const before = args[index - 1];
    return before?.startsWith('-') && !arg.startsWith('--')
      ? redactValue(before, arg)
      : redactValue('', arg);
  });
}

const secretFlag = new RegExp(`^--?${secretName}$`, 'i');

function redactValue(flag: string, value: string): string {
  if (secretFlag.test(flag)) return '***';
  if (flag === '--redis' || flag === '--s3-endpoint') return redactAddress(value);
  let safe = value;
  for (const [pattern, by] of inValue) safe = safe.replace(pattern, by);
  return redactCredentials(safe);
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) if (safe.includes(secret)) safe = safe.replaceAll(secret, '***');
  return safe;
}
