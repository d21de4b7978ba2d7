import { redactCredentials } from '../../shared/redaction/redact-credentials.ts';
import { colorMark } from './colors.ts';

/**
 * What steers a terminal instead of being shown: control characters but line feed and tab (ECMA-48), and those that turn the order of letters or end lines
 * (Unicode 17, section 23.2; "Trojan Source", CVE-2021-42574).
 */
const steering = /(?![\n\t])[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text as it may reach the screen. File names, labels and errors of others are data: credentials are taken out of them, and what would steer the terminal is
 * replaced. Our own colors pass. Everything that the command line prints goes through here.
 */
export function screenText(text: string): string {
  return redactCredentials(text).replaceAll(steering, '\u{fffd}').replaceAll(colorMark, '\u{1b}');
}

/** The same for JSON, in which such characters can only stand in strings: they are escaped, so that what is read is what was meant. */
export function screenJson(json: string): string {
  return redactCredentials(json).replaceAll(
    steering,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name or a reason within a line of ours: it may not begin another. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\n\t]/g, '\u{fffd}').replaceAll(steering, '\u{fffd}');
}
