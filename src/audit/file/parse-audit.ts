import type { z } from 'zod';
import { latestName } from '../../shared/run/run-names.ts';
import { type YamlKind, YamlSource } from '../../shared/settings/yaml-source.ts';
import { parseCondition } from '../../verdict/rules/parse-condition.ts';
import { neverFault, readPattern } from '../calendar/daily-pattern.ts';
import { readTimeZone } from '../calendar/time-zone.ts';
import { type Audit, previousBaseline, type SecretPlace, type Webhook } from './audit.ts';
import { checkAuditOptions, optionKey } from './audit-options.ts';
import { type AuditBase, wholePlace } from './audit-places.ts';
import {
  auditFileKeys,
  auditFileSchema,
  secretKeys,
  secretPlaceFileSchema,
  type WrittenAudit,
  webhookFileSchema,
  webhookKeys,
} from './written-audit.ts';

const kind: YamlKind = {
  quotes: 'A value with ": " or "#" in it, or a "*" at its beginning, needs quotes.',
  empty:
    'holds no audit: write one "key: value" a line, such as "images: s3://bucket/images", with model, out and cron.',
};

/** What an audit file says, with everything filled in but what other files say. */
export interface ParsedAudit {
  readonly audit: Omit<Audit, 'schema' | 'name' | 'rules' | 'addedAt' | 'scheduledAt' | 'sha256'>;
  /** Rules that stand in the file, at their lines and columns; or the name of a rules file, as it was written. */
  readonly rules:
    | { readonly kind: 'none' }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'file'; readonly said: string };
  readonly source: YamlSource;
}

export interface AuditFilePlace {
  /** What errors call the file. */
  readonly fileName: string;
  /** The folder that relative places are relative to. */
  readonly base: AuditBase;
  /** From when on the pattern must have a date. */
  readonly now: Date;
}

/**
 * Reads the text of an audit file.
 *
 * @throws EigenfleetError `usage`: the file, line and column, what is wrong there, and what to write instead.
 */
export function parseAudit(text: string, { fileName, base, now }: AuditFilePlace): ParsedAudit {
  const source = new YamlSource(text, fileName, kind);
  const parsed = auditFileSchema.safeParse(source.value);
  if (!parsed.success) throw source.wrong(parsed.error, [], auditFileKeys);
  const { rules, options, webhook, labels, baseline, ...written } = parsed.data;
  const timeZone = checkSchedule(written, { source, now });
  const place = placesOf(source, base);
  const hook = webhook === undefined ? undefined : webhookOf(webhook, source);
  return {
    audit: {
      ...written,
      timeZone,
      images: place(['images'], written.images, ['s3', 'file']),
      model: place(['model'], written.model, ['s3', 'file', 'mlflow']),
      out: place(['out'], written.out, ['s3', 'file']),
      ...(labels !== undefined && {
        labels: labels === false ? labels : place(['labels'], labels, ['s3', 'file']),
      }),
      ...(baseline !== undefined && {
        baseline: baselineOf(baseline, source, place),
      }),
      options: optionsOf(options ?? {}, source, place),
      ...(hook !== undefined && { webhook: hook }),
    },
    rules: rulesOf(rules, source),
    source,
  };
}

type PlaceAt = (path: readonly string[], said: string, schemes: readonly string[]) => string;

function placesOf(source: YamlSource, base: AuditBase): PlaceAt {
  return (path, said, schemes) => {
    const whole = wholePlace(said, base, schemes);
    if (whole.status === 'whole') return whole.place;
    throw source.fault(path, `${path.at(-1)}: ${whole.fault}`);
  };
}

/** A run by name or id, which have no slash, or `previous`; else its place. */
function baselineOf(said: string, source: YamlSource, place: PlaceAt): string {
  if (said === latestName) {
    throw source.fault(
      ['baseline'],
      `baseline: the latest run is the night's own when it is judged: write ${previousBaseline} for that of the last night that passed.`,
    );
  }
  return /[/\\]/.test(said) ? place(['baseline'], said, ['s3', 'file']) : said;
}

/** Returns the zone's name. */
function checkSchedule(
  { cron, timeZone }: Pick<WrittenAudit, 'cron' | 'timeZone'>,
  { source, now }: { readonly source: YamlSource; readonly now: Date },
): string {
  const read = readPattern(cron);
  if (read.status === 'wrong') throw source.fault(['cron'], `cron ${read.fault}`, read.at);
  const zone = readTimeZone(timeZone);
  if (zone.status === 'wrong') {
    throw source.fault(['timeZone'], `timeZone ${JSON.stringify(timeZone)} ${zone.fault}`);
  }
  if (read.pattern.datesFrom(zone.zone.dateAt(now)).next().done === true)
    throw source.fault(['cron'], `cron ${neverFault(cron)}`);
  return zone.zone.name;
}

function optionsOf(
  options: Readonly<Record<string, unknown>>,
  source: YamlSource,
  place: PlaceAt,
): Record<string, unknown> {
  const checked = checkAuditOptions(options, source);
  const basis = optionKey(checked, 'basis');
  if (basis === undefined) return checked;
  return { ...checked, [basis]: place(['options', basis], String(checked[basis]), ['s3', 'file']) };
}

function rulesOf(rules: WrittenAudit['rules'], source: YamlSource): ParsedAudit['rules'] {
  if (rules === undefined) return { kind: 'none' };
  if (typeof rules === 'string') {
    if (!isRule(rules)) return { kind: 'file', said: rules };
    const words = `rules must be a list: write "rules:", and below it ${JSON.stringify(`- ${rules}`)}, one rule a line.`;
    throw source.fault(['rules'], words);
  }
  return { kind: 'text', text: source.textOfKey('rules') ?? '' };
}

/** A rule, right or wrong, where the name of a rules file may stand. */
function isRule(text: string): boolean {
  return /[<>=≤≥]/.test(text) || parseCondition(text).status !== 'wrong';
}

function webhookOf(value: unknown, source: YamlSource): Webhook {
  const { url, key, format } = checked(webhookFileSchema, value, {
    source,
    path: ['webhook'],
    keys: webhookKeys,
  });
  return {
    url: secretPlace(url, ['webhook', 'url'], source),
    ...(key !== undefined && { key: secretPlace(key, ['webhook', 'key'], source) }),
    format,
  };
}

function secretPlace(value: unknown, path: readonly string[], source: YamlSource): SecretPlace {
  const place = checked(secretPlaceFileSchema, value, { source, path, keys: secretKeys });
  return place.env === undefined ? { file: place.file ?? '' } : { env: place.env };
}

function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  { source, path, keys }: { source: YamlSource; path: readonly string[]; keys: readonly string[] },
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw source.wrong(parsed.error, path, keys);
}
