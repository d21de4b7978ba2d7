import type { StoreOptions } from '../../shared/storage/open-store.ts';

/** Which images are to be listed. */
export interface ListingRequest {
  readonly source: string;
  readonly split?: string;
  readonly datasetsDir?: string;
  readonly storage?: StoreOptions;
}
