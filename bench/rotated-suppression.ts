/**
 * CPU of the suppression of 30,000 rotated boxes of one class, as candidates of an aerial picture are: spread over 1,024 px, and of sizes from 4 px on.
 *
 * node dist/bench/rotated-suppression.js [boxes] [rounds]
 */
import { suppressRotated } from '../src/model/candidates/rotated-suppression.ts';
import { seededRandom } from '../test/support/seeded-random.ts';
import { median } from './support/median.ts';

const [count = 30_000, rounds = 5] = process.argv.slice(2).map(Number);
const random = seededRandom(5);
const boxes = Array.from({ length: count }, () => ({
  centerX: 1024 * random(),
  centerY: 1024 * random(),
  width: 4 + 100 * random() ** 3,
  height: 4 + 40 * random() ** 3,
  angle: Math.PI * (random() - 0.25),
  classId: 0,
}));
const plan = { iouThreshold: 0.7, maxDetections: Number.POSITIVE_INFINITY };
const times = Array.from({ length: rounds }, () => {
  const from = process.cpuUsage();
  suppressRotated(boxes, plan);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
});
console.log(
  `${count} boxes, ${suppressRotated(boxes, plan).length} kept: ${median(times).toFixed(0)} ms`,
);
