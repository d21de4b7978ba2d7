import type { StoreOptions } from '../../shared/storage/open-store.ts';

/** Which images to list. */
export interface ListingRequest {
  readonly source: string;
  readonly split?: string;
  readonly datasetsDir?: string;
  readonly storage?: StoreOptions;
}
