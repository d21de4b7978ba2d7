/** Where a row lies in its run. */
export interface RowPlace {
  readonly shard: number;
  /** In its shard, from 0. */
  readonly row: number;
}

/** A row's place as one string. */
export type RowAddress = `${number}/${number}`;

export function addressOf({ shard, row }: RowPlace): RowAddress {
  return `${shard}/${row}`;
}

export function shardOf(address: RowAddress): number {
  return Number(address.slice(0, address.indexOf('/')));
}
