import { type RunAddress, runKeyOf, type ShardAddress } from '../run/places/run-address.ts';
import { queuePrefix } from './shard-job.ts';

/** What Redis keeps of a run is under names of this form. */
export function redisKeyOf(run: RunAddress, name: string): string {
  return `${queuePrefix}:run:${runKeyOf(run)}:${name}`;
}

/** The note of what is under way in a shard, which goes with the booking of its results. */
export function crashNoteKey(address: ShardAddress): string {
  return redisKeyOf(address, `crash:${address.shard}`);
}
