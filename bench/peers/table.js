// Prints what peers.sh measured: medians over its turns, in milliseconds an image.
import { readFileSync } from 'node:fs';

const [peers, ours] = process.argv.slice(2).map((file) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
);

/** The middle of an odd number of turns. */
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const forward = middle(peers.map(({ forwardMs }) => forwardMs));
const maps = middle(peers.map(({ camMs }) => camMs));
const whole = middle(
  ours.map(({ timings: { stagesMs }, counts }) => {
    const { decode, letterbox, infer } = stagesMs;
    return (decode + letterbox + infer) / counts.images;
  }),
);
const ms = (value) => `${value.toFixed(1).padStart(9)} ms`;
process.stdout.write(`${ours[0].counts.images} images, ${ours.length} turns
peers' method: decode, letterbox, network     ${ms(forward)}
               maps of layers 15, 18, 21      ${ms(maps)}
               in all                         ${ms(forward + maps)}
eigenfleet:    all of it, maps in the graph   ${ms(whole)}
peers / eigenfleet                            ${((forward + maps) / whole).toFixed(1).padStart(9)}
`);
