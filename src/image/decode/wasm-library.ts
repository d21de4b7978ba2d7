import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The part of the standard interface that is used here; the types of Node leave it to those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: unknown);
    readonly exports: unknown;
  }
}

/** Options of Emscripten's loaders: how the code becomes an instance, and where its messages go. */
interface LoaderOptions {
  instantiateWasm(
    imports: unknown,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): unknown;
  print(): void;
  printErr(): void;
}

type Loader<Library> = (options: LoaderOptions) => Library | Promise<Library>;

/** The package of a decoder is missing, as in an installation that was copied without it. */
export class MissingLibrary extends Error {
  constructor(script: string, options: ErrorOptions) {
    super(
      `it is not supported without the package of ${script}: install it with "npm ci"`,
      options,
    );
  }
}

const require = createRequire(import.meta.url);

/**
 * A library in WebAssembly as Emscripten packs it: a script that loads, and the code. Both are read on first use, and compiled once per thread.
 * Each call makes a fresh instance with fresh memory: a picture that breaks a decoder does not affect others, and the memory that a
 * large one took is freed.
 *
 * @throws MissingLibrary if the package is not installed
 */
export function wasmLibrary<Library>(script: string, code: string): () => Promise<Library> {
  let loaded: { load: Loader<Library>; module: WebAssembly.Module } | undefined;
  return async () => {
    loaded ??= { load: loaderIn<Library>(script), module: compiled(code) };
    const { load, module } = loaded;
    return load({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance, module);
        return instance.exports;
      },
      print: () => {},
      printErr: () => {},
    });
  };
}

function loaderIn<Library>(script: string): Loader<Library> {
  try {
    return require(script);
  } catch (error) {
    throw new MissingLibrary(script, { cause: error });
  }
}

function compiled(code: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(require.resolve(code)));
}
