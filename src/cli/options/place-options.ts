import type { Command } from 'commander';
import { AllowedPlaces, type Places, readablePlaces } from '../../shared/storage/allowed-places.ts';
import { optional, texts } from './option-values.ts';

export const placeOptions = { allowOut: optional(texts), allowIn: optional(texts) };

/** Adds where results may go and images may come from, for services that take both from jobs. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option('--allow-out <prefix...>', 'write results only below these URIs (default: anywhere)')
    .option(
      '--allow-in <prefix...>',
      'read images only below these URIs (default: the buckets and folders of --allow-out; without it, anywhere)',
    );
}

/** Throws `EigenfleetError('usage')` for a place that is neither a folder nor the address of one. */
export function placesOf({
  allowOut,
  allowIn,
}: {
  readonly allowOut?: readonly string[] | undefined;
  readonly allowIn?: readonly string[] | undefined;
}): Places {
  return {
    outs: new AllowedPlaces(allowOut),
    ins: new AllowedPlaces(allowIn ?? readablePlaces(allowOut)),
  };
}
