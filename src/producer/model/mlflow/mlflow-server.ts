import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { EigenfleetError } from '../../../shared/errors.ts';
import type { MlflowEnvironment } from '../../../shared/host/environment.ts';
import { mostFileBytes, oversize } from '../../../shared/host/regular-file.ts';
import { StorageUnavailableError } from '../../../shared/host/storage-unavailable.ts';
import { faultOf, networkFault } from './mlflow-fault.ts';
import { type MlflowTarget, mlflowTarget } from './mlflow-target.ts';

/** What the server says of a request. */
export type MlflowAnswer<Value> =
  | { readonly status: 'found'; readonly value: Value }
  /** The server's own words. */
  | { readonly status: 'absent'; readonly reason: string };

export interface MlflowPatience {
  /** The first one included. */
  readonly attempts: number;
  /** Before the second attempt; it doubles each time. */
  readonly firstDelayMs: number;
  /** For a whole answer; a model may be large. */
  readonly answerMs: number;
}

const usualPatience: MlflowPatience = {
  attempts: 5,
  firstDelayMs: 500,
  answerMs: 30 * 60_000,
};

/** Of an answer that is not a file. */
const mostJsonBytes = 16 * 1024 ** 2;

/**
 * MLflow's REST API, version 2.0. Requests are repeated while their failure may pass. Redirects are not followed, so that what authorizes us goes to one address alone.
 *
 * Methods throw `model` for a request that the server refuses or answers in another language, and StorageUnavailableError while it cannot be reached.
 */
export class MlflowServer {
  readonly #target: MlflowTarget;
  readonly #patience: MlflowPatience;

  /** @throws EigenfleetError `usage` where the environment names no server that can be asked. */
  constructor(environment: MlflowEnvironment, patience: MlflowPatience = usualPatience) {
    this.#target = mlflowTarget(environment);
    this.#patience = patience;
  }

  /** For people. */
  get address(): string {
    return this.#target.address;
  }

  /** @param route Behind `/api/2.0/`, such as `mlflow/model-versions/get`. */
  async ask<Value>(
    route: string,
    query: Readonly<Record<string, string>>,
    schema: z.ZodType<Value>,
  ): Promise<MlflowAnswer<Value>> {
    const answer = await this.#get(`${route}?${new URLSearchParams(query)}`, mostJsonBytes);
    if (answer.status === 'absent') return answer;
    try {
      const value = schema.parse(JSON.parse(new TextDecoder().decode(answer.value)));
      return { status: 'found', value };
    } catch (cause) {
      throw new EigenfleetError(
        'model',
        `${this.address} does not answer ${route} as MLflow's server does. Check MLFLOW_TRACKING_URI.`,
        { cause },
      );
    }
  }

  /** A file of the artifact proxy, by its path below the server's artifacts. */
  artifact(path: string): Promise<MlflowAnswer<Uint8Array>> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    return this.#get(`mlflow-artifacts/artifacts/${encoded}`, mostFileBytes.model);
  }

  async #get(route: string, mostBytes: number): Promise<MlflowAnswer<Uint8Array>> {
    const { attempts, firstDelayMs } = this.#patience;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(route, mostBytes);
      } catch (error) {
        const mayPass = error instanceof StorageUnavailableError && !error.lasting;
        if (!mayPass || attempt >= attempts) throw error;
        await delay(firstDelayMs * 2 ** (attempt - 1));
      }
    }
  }

  async #attempt(route: string, mostBytes: number): Promise<MlflowAnswer<Uint8Array>> {
    const { address, authorization } = this.#target;
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(`${address}/api/2.0/${route}`, {
        redirect: 'manual',
        headers: authorization === undefined ? {} : { authorization },
        signal: AbortSignal.timeout(this.#patience.answerMs),
      });
      bytes = await bodyOf(response, mostBytes);
    } catch (error) {
      if (error instanceof EigenfleetError) throw error;
      throw networkFault(address, error);
    }
    if (response.ok) return { status: 'found', value: bytes };
    const fault = faultOf(response, bytes, address);
    if (fault.status === 'absent') return fault;
    throw fault.error;
  }
}

async function bodyOf(response: Response, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    const tooLarge = oversize(length, mostBytes);
    if (tooLarge !== undefined) {
      throw new EigenfleetError('model', `${response.url} cannot be read: ${tooLarge}.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}
