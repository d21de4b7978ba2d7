import { type DueNight, dueNights, type MissedNight } from '../calendar/due-nights.ts';
import type { Audit } from '../file/audit.ts';
import type { StoredAudit } from '../home/stored-audits.ts';
import { advanceNight, type NightStep } from './advance-night.ts';
import { isSettled, type Night } from './night.ts';
import type { NightCache } from './night-cache.ts';
import { inOrder, lastDateOf, openNight } from './night-history.ts';
import type { NightPorts } from './night-ports.ts';
import { readNight, writeNight } from './stored-nights.ts';

const hourMs = 3_600_000;

export interface TurnPorts extends NightPorts {
  readonly nights: NightCache;
  /** The key of the one night that is advanced, and what is under way before it; the calendar is left alone. */
  readonly only?: string;
  /** Called for each night that was settled and told: for what is made of a history, and to have old runs deleted. */
  settled?(audit: Audit, nights: readonly Night[]): Promise<void>;
}

/**
 * Does for one audit whatever can be done now: tells of settled nights that nobody was told of, advances the one that is under way, records missed dates, begins the one that is due. An
 * audit has one night under way at most: the next date waits, or is recorded as missed by its rule of catching up.
 *
 * @returns the last step, if there was one
 * @throws EigenfleetError `storage` for records that cannot be read.
 */
export async function takeTurn(
  { audit, pausedSince }: StoredAudit,
  ports: TurnPorts,
): Promise<NightStep | undefined> {
  let last: NightStep | undefined;
  while (!ports.signal.aborted) {
    const nights = await ports.nights.read(audit.name);
    const isPaused = pausedSince !== undefined || ports.only !== undefined;
    const night = untold(nights) ?? (await nextNight(audit, nights, { ...ports, isPaused }));
    if (night === undefined) return last;
    last = await advanceNight(audit, night, settledBut(night, nights), ports);
    if (last.status === 'waits' || last.status === 'overtaken') return last;
    if (last.status === 'settled') await ports.settled?.(audit, inOrder(await read(audit, ports)));
    if (last.status === 'settled' && night.key === ports.only) return last;
  }
  return last;
}

function read({ name }: Audit, { nights }: TurnPorts): Promise<Night[]> {
  return nights.read(name);
}

function untold(nights: readonly Night[]): Night | undefined {
  return inOrder(nights).find(
    (night) => isSettled(night) && night.status !== 'missed' && night.announced === undefined,
  );
}

function settledBut({ key }: Night, nights: readonly Night[]): Night[] {
  return inOrder(nights).filter((night) => isSettled(night) && night.key !== key);
}

interface BeginPorts extends TurnPorts {
  readonly isPaused: boolean;
}

/** The night that is under way, or else one that begins now, with its record. A pause keeps new ones from beginning. */
async function nextNight(
  audit: Audit,
  nights: readonly Night[],
  ports: BeginPorts,
): Promise<Night | undefined> {
  const open = openNight(nights);
  const now = ports.clock.now();
  if (ports.isPaused) return open;
  const { due, missed } = dueNights(audit, lastDateOf(nights), now);
  for (const night of missed) await recordMissed(audit, night, ports);
  if (open !== undefined) return (await drop(audit, open, due, ports)) ? undefined : open;
  const [first] = due;
  return first === undefined ? undefined : recordDue(audit, first, ports);
}

async function recordDue(
  { name }: Audit,
  { date, at, trigger }: DueNight,
  { home, clock, worker }: TurnPorts,
): Promise<Night | undefined> {
  const startedAt = clock.now().toISOString();
  const night: Night = {
    ...{ schema: 'night@1', audit: name, key: date, date, dueAt: at.toISOString() },
    ...{ trigger, status: 'due', startedAt, coordinator: worker },
  };
  // Another may have been quicker.
  if ((await readNight(home, name, date)) !== undefined) return undefined;
  await writeNight(home, night);
  return night;
}

async function recordMissed(
  { name }: Audit,
  { date, at, reason }: MissedNight,
  { home, worker }: TurnPorts,
): Promise<void> {
  if ((await readNight(home, name, date)) !== undefined) return;
  await writeNight(home, {
    ...{ schema: 'night@1', audit: name, key: date, date, dueAt: at.toISOString() },
    ...{ trigger: 'schedule', status: 'missed', coordinator: worker, reason },
  });
}

/** Drops a night that could not be planned until its successor is due, or until it is too old. */
async function drop(
  { catchUp, maxAgeHours }: Audit,
  night: Night,
  due: readonly DueNight[],
  { home, clock, worker }: TurnPorts,
): Promise<boolean> {
  const { error, ...rest } = night;
  if (night.status !== 'due' || error === undefined || night.date === undefined) return false;
  const ageHours = (clock.now().getTime() - Date.parse(night.dueAt)) / hourMs;
  const isFollowed = catchUp !== 'all' && due.length > 0;
  if (!isFollowed && ageHours <= maxAgeHours) return false;
  const why = isFollowed ? 'the next date came' : `it was older than maxAgeHours: ${maxAgeHours}`;
  const reason = `It could not be planned before ${why}: ${error.sentence}`;
  await writeNight(home, { ...rest, status: 'missed', coordinator: worker, reason });
  return true;
}
