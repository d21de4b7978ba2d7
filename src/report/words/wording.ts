import { parseColumn } from '../../shared/catalog/measure-column.ts';

/** Below this many images a share reads "22 of 24", from there on it is a percentage with n (percentages of few images mislead). */
const smallSet = 100;

/** 12345 -> "12,345". */
export function wholeNumber(value: number): string {
  // Intl would load its tables for this alone, in 50 ms.
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Two digits, three from 100 on: 1.52 -> "1.5", 0.0421 -> "0.042", 66.4 -> "66", 1234 -> "1,234". */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 9.95) return wholeNumber(value);
  return String(Number(value.toPrecision(2)));
}

/** As `figure`, with a zero where it is one of the two digits: 0.4 -> "0.40", so that numbers beside each other are as exact as each other. */
export function twoDigits(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 9.95 ? figure(value) : value.toPrecision(2);
}

/** A share in [0, 1] as percent, with a space that does not break; never "0 %" for something or "100 %" for less than all. */
export function percent(share: number): string {
  return `${percentFigure(share * 100)}\u00a0%`;
}

function percentFigure(value: number): string {
  if (value === 0 || value === 100) return String(value);
  if (value < 0.01) return 'under 0.01';
  if (value < 0.995) return String(Number(value.toPrecision(2)));
  return value > 99.5 ? 'over 99' : String(Math.round(value));
}

/** `2, "image"` -> "2 images". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${wholeNumber(count)} ${count === 1 ? noun : plural}`;
}

/** "22 of 24 images", "92 % of 1,000 images", "all 24 images", "none of 24 images". */
export function shareOfImages(count: number, of: number): string {
  const all = counted(of, 'image');
  if (of === 1) return count === 1 ? 'the one image' : 'not the one image';
  if (count === of) return `all ${all}`;
  if (count === 0) return `none of ${all}`;
  return of < smallSet ? `${wholeNumber(count)} of ${all}` : `${percent(count / of)} of ${all}`;
}

/** The table form: "2 of 24" below 100, else "12 %". */
export function shareInTable(count: number, of: number): string {
  return of < smallSet ? `${wholeNumber(count)} of ${wholeNumber(of)}` : percent(count / of);
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** The first of them, and how many more: "a, b and 3 more". */
export function listedSome(parts: readonly string[], most: number): string {
  const more = parts.length - most;
  return listed(more > 0 ? [...parts.slice(0, most), `${wholeNumber(more)} more`] : parts);
}

/** "3rd". */
export function ordinal(position: number): string {
  const ten = position % 100;
  const suffix = ten > 10 && ten < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][position % 10] ?? 'th');
  return `${wholeNumber(position)}${suffix}`;
}

/** "model.15" or "model_15" -> "layer 15", "fused" -> "all layers fused"; other names unchanged. */
export function mapWords(map: string): string {
  if (map === 'fused') return 'all layers fused';
  const module = /^model[._](\d+)$/.exec(map)?.[1];
  return module === undefined ? map : `layer ${module}`;
}

/** "entropy_model_15" -> "spread of the heat, layer 15"; "box_area" -> "area of the boxes". */
export function columnWords(column: string): string {
  const { kind, map, component } = parseColumn(column) ?? {};
  if (kind === undefined) return column;
  if (map === undefined) return kind.words;
  const ofMap = `${kind.words}, ${mapWords(map)}`;
  return component === undefined ? ofMap : `${ofMap}, component ${component}`;
}

/** Milliseconds for people: "340 ms", "3.1 s", "2 min 5 s", "3 h 12 min". */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${figure(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.5) return `${figure(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${wholeNumber(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** With its first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The file's name, without its folders. */
export function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
