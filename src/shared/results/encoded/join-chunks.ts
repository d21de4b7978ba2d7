import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { joinedBounds, storedBounds } from './chunk-bounds.ts';
import {
  type DataPage,
  dictionaryPlaces,
  type PageEncoding,
  writeRenumbered,
} from './encoded-pages.ts';
import type { EncodedChunk } from './encoded-table.ts';
import { JoinedDictionary } from './joined-dictionary.ts';

/**
 * Writes the chunks of one column, from several files, as one chunk: pages as they are, one dictionary before them. Where dictionaries differ, the places in them are
 * written anew; values never are. Returns what the footer says of it.
 */
export function joinChunks(writer: ByteWriter, chunks: readonly EncodedChunk[]): ColumnChunk {
  const leaf = (chunks[0] as EncodedChunk).leaf;
  const start = writer.offset;
  const dictionary = new JoinedDictionary(leaf.element.type);
  const parts = chunks.map(({ pages }) => ({
    data: pages.data,
    moved: pages.dictionary && dictionary.add(pages.dictionary),
  }));
  let uncompressed = dictionary.write(writer);
  const dataStart = writer.offset;
  const hasDictionary = dataStart > start;
  const encodings = new Set<PageEncoding>(hasDictionary ? ['PLAIN'] : []);
  for (const { data, moved } of parts) {
    for (const page of data) {
      uncompressed += writePage(writer, page, moved);
      encodings.add(page.encoding);
    }
  }
  return {
    file_offset: BigInt(start),
    meta_data: {
      ...metadataOf(chunks),
      encodings: [...encodings],
      path_in_schema: [...leaf.path],
      total_compressed_size: BigInt(writer.offset - start),
      total_uncompressed_size: BigInt(uncompressed),
      data_page_offset: BigInt(dataStart),
      ...(hasDictionary && { dictionary_page_offset: BigInt(start) }),
    },
  };
}

function metadataOf(chunks: readonly EncodedChunk[]) {
  const { type } = (chunks[0] as EncodedChunk).leaf.element;
  const bounds = chunks.flatMap((one) => (one.bounds === undefined ? [] : [one.bounds]));
  return {
    type: type as NonNullable<typeof type>,
    codec: 'SNAPPY' as const,
    num_values: BigInt(chunks.reduce((sum, one) => sum + one.values, 0)),
    ...(bounds.length === chunks.length && { statistics: storedBounds(joinedBounds(bounds)) }),
  };
}

function writePage(writer: ByteWriter, page: DataPage, moved: Uint32Array | undefined): number {
  if (moved !== undefined && page.encoding === 'RLE_DICTIONARY') {
    return writeRenumbered(
      writer,
      page,
      dictionaryPlaces(page).map((place) => placeIn(moved, place)),
    );
  }
  writer.appendBytes(page.bytes);
  return page.headerBytes + page.uncompressedBytes;
}

function placeIn(moved: Uint32Array, place: number): number {
  const found = moved[place];
  if (found === undefined) throw new RangeError(`no place ${place} of ${moved.length}`);
  return found;
}
