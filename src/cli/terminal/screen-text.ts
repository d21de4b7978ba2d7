import { redactCredentials } from '../../shared/redaction/redact-credentials.ts';
import { colorMark } from './colors.ts';

/**
 * Characters that control a terminal: control characters except line feed and tab (ECMA-48), and those that reverse text or end lines
 * (Unicode 17, section 23.2; "Trojan Source", CVE-2021-42574).
 */
const steering = /(?![\n\t])[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes text safe for the screen. File names, labels and foreign errors are data: credentials are removed, and control characters are
 * replaced. Our own colors pass. Everything that the command line prints goes through here.
 */
export function screenText(text: string): string {
  return redactCredentials(text).replaceAll(steering, '\u{fffd}').replaceAll(colorMark, '\u{1b}');
}

/** The same for JSON, where such characters can only occur in strings: they are escaped, so that parsers read the original. */
export function screenJson(json: string): string {
  return redactCredentials(json).replaceAll(
    steering,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name or a reason within one of our lines: it must not start another line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\n\t]/g, '\u{fffd}').replaceAll(steering, '\u{fffd}');
}
