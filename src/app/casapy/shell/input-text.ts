import { reasonOf } from './reasons.ts';
import type { CommandContext } from './types.ts';

/** The content of each named file, or of the input; a missing one is reported and left out. */
export function readInputs(context: CommandContext, names: readonly string[]): { name: string; bytes: Uint8Array }[] {
  const found: { name: string; bytes: Uint8Array }[] = [];
  for (const name of names.length > 0 ? names : ['-']) {
    if (name === '-') found.push({ name, bytes: context.input });
    else if (name === '/dev/null') found.push({ name, bytes: new Uint8Array(0) });
    else {
      try {
        found.push({ name, bytes: context.files.readFileSync(context.path(name)) as Uint8Array });
      } catch (error) {
        context.complain(`${name}: ${reasonOf(error)}`);
      }
    }
  }
  return found;
}

/** Text byte by character, so that it comes out as it went in. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** An argument as the bytes that it is made of. */
export function argumentText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Lines without their ends. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
