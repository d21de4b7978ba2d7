// Joins the compiled modules into few files, dist/bundle, and with them the small packages of many files that every command loads: Node takes
// about a millisecond for each file that it opens. The commands are one file, program.cjs, of which a command runs the parts that it needs, and whose compiled
// code is kept between starts (src/cli/kept-code.ts). The compiled modules stay for the tests.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/src');
const bundle = join(root, 'dist/bundle');

/** Loaded by most commands, and small. What is larger, native or loaded seldom stays a package. */
const joined = [
  'zod',
  'onnx-buf',
  '@bufbuild/protobuf',
  'yaml',
  'commander',
  'hyparquet',
  'hyparquet-writer',
  'picocolors',
  'picomatch',
];

/** zod's own sentences in fifty languages, half of its bytes: only the English ones are said. */
const localesOfZod = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** yaml asks for two modules of Node in the way of CommonJS, which a module has not; what it takes of them is global too. */
const globalsOfNode = { process: 'globalThis.process', buffer: 'globalThis' };

/** `./pixel-thread.js` in `new URL('./pixel-thread.js', import.meta.url)`: a program or a thread beside the module, or a file of the package. */
const besideModule = /new URL\((['"])(\.[^'"]+)\1, import\.meta\.url\)/g;

const modules = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js') && !staleModule(file))
  .map((file) => join(compiled, file));

/** Compiled of a source that is gone. */
function staleModule(file) {
  const folder = join(root, 'src', dirname(file));
  if (!existsSync(folder)) return true;
  return !readdirSync(folder).includes(file.split(sep).at(-1).replace(/\.js$/, '.ts'));
}

/** Modules that are started by their address: each is an entry of its own. */
const programs = modules.flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(besideModule)]
    .map(([, , target]) => join(dirname(path), target))
    .filter((target) => target.endsWith('.js')),
);

/** Threads that every run starts: each has all of its program in one file. A thread shares no module with others, and its parts would be 70 files to open. */
const everyRun = ['pixel-thread.js', 'inference-thread.js'];

/** What stands for cli/program.js in cli.js. A word that is no command gets the list of all, as help does; a plan needs half of what a run needs. */
const programWithKeptCode = `
  import { fileURLToPath } from 'node:url';
  import { loadWithKeptCode } from './cli/kept-code.js';
  const [, , first = ''] = process.argv;
  export const { runProgram } = loadWithKeptCode({
    path: fileURLToPath(new URL('program.cjs', import.meta.url)),
    command: (/^[a-z]{2,12}$/.test(first) ? first : 'help') + (process.argv.includes('--dry-run') ? '-plan' : ''),
  });
`;

/** In the bundle all entries lie side by side, and what is not a module lies where it did. */
function moved(source, path) {
  return source.replace(besideModule, (_, quote, target) => {
    const file = join(dirname(path), target);
    const place = target.endsWith('.js')
      ? `./${file.split(sep).at(-1)}`
      : relative(bundle, file).split(sep).join('/');
    return `new URL(${quote}${place}${quote}, import.meta.url)`;
  });
}

/**
 * Packages that are modules only, whose default export program.cjs takes: a file that is none gets all exports where Node's own `import` gets the default one.
 */
const onlyModules = ['open', 'p-retry'];

const defaultsOfModules = {
  name: 'defaults of modules',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${onlyModules.join('|')})$`);
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'default' ? { path, external: true } : { path, namespace: 'default' },
    );
    onLoad({ filter, namespace: 'default' }, ({ path }) => ({
      contents: `const all = require('${path}'); export default all.default;`,
      loader: 'js',
    }));
  },
};

const joining = {
  name: 'eigenfleet',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path }) =>
      joined.some((name) => path === name || path.startsWith(`${name}/`))
        ? undefined
        : { path, external: true },
    );
    onResolve({ filter: /^\.\/cli\/program\.js$/ }, ({ path }) => ({ path, namespace: 'kept' }));
    onLoad({ filter: /.*/, namespace: 'kept' }, () => ({
      contents: programWithKeptCode,
      resolveDir: compiled,
      loader: 'js',
    }));
    onLoad({ filter: localesOfZod }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
    onLoad({ filter: /[\\/]node_modules[\\/]yaml[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /require\('(process|buffer)'\)/g,
        (_, name) => globalsOfNode[name],
      ),
      loader: 'js',
    }));
    onLoad({ filter: /[\\/]dist[\\/]src[\\/].*\.js$/ }, ({ path }) => ({
      contents: moved(readFileSync(path, 'utf8'), path),
      loader: 'js',
    }));
  },
};

/** Says where a CommonJS file lies, which has no import.meta. */
const addressOfFile = "const addressOfFile=require('node:url').pathToFileURL(__filename).href;";

rmSync(bundle, { recursive: true, force: true });
const alone = programs.filter((path) => everyRun.includes(path.split(sep).at(-1)));
const others = programs.filter((path) => !alone.includes(path));
const program = join(compiled, 'cli/program.js');
await joinModules([join(compiled, 'cli.js'), join(compiled, 'index.js'), ...others], {
  splitting: true,
});
await joinModules(alone);
await joinModules([program], {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'addressOfFile' },
  // A script that V8 takes from a cache cannot import: packages that are loaded late are required late.
  supported: { 'dynamic-import': false },
  banner: { js: addressOfFile },
  plugins: [defaultsOfModules, joining],
});
assertDefaults(join(bundle, 'program.cjs'));
inAscii(join(bundle, 'program.cjs'));

/** The command would end with "is not a function" where it first needs the package: nothing else finds it. */
function assertDefaults(file) {
  const text = readFileSync(file, 'utf8');
  const require = createRequire(join(root, 'package.json'));
  for (const [, variable, name] of text.matchAll(/\b(\w+)=__toESM\(require\("([^"]+)"\),1\)/g)) {
    if (!text.includes(`${variable}.default`)) continue;
    if (types.isModuleNamespaceObject(require(name)))
      throw new Error(`${name} is a module only: name it in onlyModules of scripts/bundle.js.`);
  }
}

/** src/cli/kept-code.ts reads bytes as characters. esbuild leaves characters beyond ASCII in regular expressions, where an escape means the same. */
function inAscii(path) {
  const text = readFileSync(path, 'utf8').replace(
    /[^\0-\x7f]/g,
    (wide) => `\\u${wide.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(path, text);
}

async function joinModules(entryPoints, options = {}) {
  await build({
    entryPoints,
    outdir: bundle,
    entryNames: '[name]',
    chunkNames: 'part-[hash]',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'inline',
    logLevel: 'warning',
    plugins: [joining],
    ...options,
  });
}
