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

/** What Emscripten's loaders take: how the code becomes an instance, and where its words go. */
interface LoaderOptions {
  instantiateWasm(
    imports: unknown,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): unknown;
  print(): void;
  printErr(): void;
}

type Loader<Library> = (options: LoaderOptions) => Library | Promise<Library>;

/** The package of a decoder is not there, as in an installation that was copied without it. */
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
 * A library in WebAssembly as Emscripten packs it: a script that loads, and the code. Both are read when first asked for, and compiled once in a thread.
 * Each call makes an instance of its own, with memory of its own: a picture that breaks a decoder breaks it for no other one, and what a
 * large one took is free again.
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
