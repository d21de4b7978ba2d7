import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '../file/audit.ts';
import type { Night } from '../night/night.ts';
import { type AnnouncePorts, announceNight } from './announce-night.ts';

/** Returns what tells of nights in the time of this machine. */
export function announcer(
  ports: Omit<AnnouncePorts, 'delay'>,
): (audit: Audit, night: Night) => Promise<NonNullable<Night['announced']>> {
  const { signal } = ports;
  const delay = (ms: number) => pause(ms, undefined, signal && { signal });
  return (audit, night) => announceNight(audit, night, { ...ports, delay });
}
