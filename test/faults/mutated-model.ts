import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { modelFixture } from '../support/onnx-fixture.ts';
import { flipBits, splice } from './damage-bytes.ts';
import { descriptionDamages } from './description-damage.ts';
import { graphDamages } from './graph-damage.ts';
import { Seeded } from './seeded.ts';

export interface MutatedModel {
  /** Says what was done: `0012-chain`. */
  readonly name: string;
  readonly bytes: Buffer;
}

const fixtures = ['tiny-det', 'tiny-cls', 'tiny-seg', 'tiny-det-dynamic', 'tiny-det-nms'];

/** Files that are not models at all. */
const oddities: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['one', '\x08'],
  ['text', 'hello\n'],
  ['zip', `PK\x03\x04${'\0'.repeat(100)}`],
  ['lengths', `\x3a${'\xff'.repeat(9)}\x01`],
  ['nested', '\x3a\x7f'.repeat(50_000)],
  ['html', '<html>'],
  ['gzip', `\x1f\x8b${'\0'.repeat(50)}`],
  ['varint', '\x80'.repeat(100_000)],
  ['groups', '\x3b'.repeat(100_000)],
];

type ByteDamage = (bytes: Buffer, random: Seeded, other: Buffer) => Buffer;

const byteDamages: readonly (readonly [string, ByteDamage])[] = [
  ['cut', (bytes, random) => bytes.subarray(0, random.int(bytes.length))],
  ['flip', (bytes, random) => flipBits(bytes, random, 3)],
  ['flip-head', (bytes, random) => flipBits(bytes, random, 3, 0, 0.002)],
  ['flip-tail', (bytes, random) => flipBits(bytes, random, 3, 0.997, 1)],
  ['flip200', (bytes, random) => flipBits(bytes, random, 200)],
  ['splice', (bytes, random, other) => splice(bytes, other, random.next(), random.next())],
  ['twice', (bytes, _, other) => Buffer.concat([bytes, other])],
  ['noise', (bytes, random) => Buffer.concat([bytes.subarray(0, 200), random.bytes(20_000)])],
  ['zeros', (bytes) => Buffer.from(bytes).fill(0, bytes.length >> 1)],
  ['reversed', (bytes) => Buffer.from(bytes).reverse()],
];

/** The mutated model `index` of a campaign: first files that are none, then two of five with damaged bytes and three with a damaged graph. */
export function mutatedModel(seed: number, index: number, canary: string): MutatedModel {
  const number = String(index).padStart(4, '0');
  const oddity = oddities[index];
  if (oddity !== undefined) {
    return { name: `${number}-${oddity[0]}`, bytes: Buffer.from(oddity[1], 'latin1') };
  }
  const random = new Seeded(`${seed}/model/${index}`);
  const bytes = Buffer.from(modelFixture(`${random.pick(fixtures)}.onnx`));
  if (index % 5 < 2) {
    const [kind, damage] = random.pick(byteDamages);
    const other = Buffer.from(modelFixture(`${random.pick(fixtures)}.onnx`));
    return { name: `${number}-${kind}`, bytes: damage(bytes, random, other) };
  }
  const damages = Object.entries({ ...graphDamages, ...descriptionDamages(canary) });
  // In turn, so that a hundred models have them all; a step that has no divisor in common with their number.
  const [kind, damage] = damages[(index * 7) % damages.length] ?? random.pick(damages);
  const model = fromBinary(ModelProtoSchema, bytes);
  damage(model, random);
  return { name: `${number}-${kind}`, bytes: Buffer.from(toBinary(ModelProtoSchema, model)) };
}
