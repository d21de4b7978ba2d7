// Writes docs/configuration.md from the table of settings: `npm run build && node scripts/write-configuration.js`, after every change there.
// With --check it writes nothing, and exits with 1 when the page is not what the table says.
import { readFileSync, writeFileSync } from 'node:fs';
import { kebabOf, runSettings } from '../dist/src/shared/settings/run-settings.js';

const page = new URL('../docs/configuration.md', import.meta.url);
const groups = [...new Set(Object.values(runSettings).map(({ group }) => group))];

const text = `# Configuration

Every setting of \`run\` and \`enqueue\`. Made from the table of settings in the code by \`node scripts/write-configuration.js\`: change it there.

Say a setting as a flag, or in a YAML or JSON file given with \`--config\`; flags win. In a file, the name may be in camelCase or as the flag has it:

\`\`\`yaml
# run.yaml: eigenfleet run --config run.yaml
model: best.onnx
images: data.yaml
components: [1, 2]
conf: 0.4
overlays: flagged,sample:200
\`\`\`

A setting marked **yes** changes results: it is part of the run's id, so another value makes another run, and \`--run ID\` refuses it.
The images, the model and how \`--task\`, \`--names\` and \`--imgsz\` have it read are part of the id too, and so is whether it is a run of \`--new-only\`.
${groups.map(sectionOf).join('')}`;

function sectionOf(group) {
  const rows = Object.entries(runSettings)
    .filter(([, setting]) => setting.group === group)
    .map(([name, setting]) => rowOf(name, setting));
  return `
## ${group}

| Flag | Default | Changes results | What it does |
|---|---|---|---|
${rows.join('\n')}
`;
}

function rowOf(name, { argument, short, help, standard, decides, negatable, repeatable }) {
  const flag = `--${kebabOf(name)}`;
  const spellings = [
    ...(short === undefined ? [] : [`-${short}`]),
    argument === undefined ? flag : `${flag} ${argument}`,
    ...(negatable ? [`--no-${kebabOf(name)}`] : []),
  ];
  const what = repeatable && !help.includes('repeated') ? `${help}; may be repeated` : help;
  const cells = [
    spellings.map((spelling) => `\`${spelling}\``).join(', '),
    standard ?? '',
    decides === undefined ? '' : '**yes**',
    what,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (readFileSync(page, 'utf8') !== text) {
  process.stderr.write(
    'docs/configuration.md is not what the settings say: run "node scripts/write-configuration.js".\n',
  );
  process.exitCode = 1;
}
