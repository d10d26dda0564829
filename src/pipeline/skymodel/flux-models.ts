import { fail } from '../../foundation/base/index.ts';

/** `data/flux-models.json`; what a body or a standard consists of is with those who evaluate it. */
interface FluxModels {
  readonly bodies: Readonly<Record<string, unknown>>;
  readonly quasars: {
    readonly standards: Readonly<Record<string, unknown>>;
    readonly positions: Readonly<Record<string, readonly [ra: number, dec: number]>>;
  };
}

let read: (() => string) | undefined;
let models: FluxModels | undefined;

/** Says where the text of `data/flux-models.json` comes from. It is 2 MB: only a thread that asks for a model reads it. */
export function installFluxModels(readText: () => string): void {
  read = readText;
}

/** The tables of all bodies and standards, read when they are first asked for. */
export function fluxModels(): FluxModels {
  if (!read)
    fail('internal', 'Flux models are not installed in this thread; the entry point must call installFluxModels.');
  models ??= JSON.parse(read()) as FluxModels;
  return models;
}
