import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, listTar, unpackTar } from '../../foundation/bytes/index.ts';
import { applyBdfFlags } from '../../pipeline/ingest/index.ts';

type Program = (context: Context, words: readonly string[]) => string | Promise<string>;

/** Options of bdflags2MS that take a value. */
const VALUED: Readonly<Record<string, string>> = {
  '-f': 'flagcond',
  '--flagcond': 'flagcond',
  '-o': 'ocm',
  '--ocm': 'ocm',
  '-s': 'scans',
  '--scans': 'scans',
  '-l': 'logfile',
  '--logfile': 'logfile',
  '--wvr-corrected-data': 'wvr',
  '--lazy': 'lazy',
  '--checkdupints': 'checkdupints',
};

/** bdflags2MS -f "COR DELA …" ASDM MS: the flags of the binary data are set in an imported MeasurementSet. */
const bdflags2MS: Program = (context, words) => {
  const found: Record<string, string> = {};
  const names: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const [option, joined] = words[index].startsWith('--') ? words[index].split('=') : [words[index]];
    const name = VALUED[option];
    if (name !== undefined)
      found[name] = joined ?? words[++index] ?? fail('usage', `The option ${option} needs a value.`);
    else if (option.startsWith('-')) fail('usage', `bdflags2MS does not know the option ${option}.`);
    else names.push(words[index]);
  }
  if (names.length !== 2) fail('usage', 'bdflags2MS needs the names of an ASDM and of a MeasurementSet.');
  const ocm = found.ocm ?? 'ca';
  if (ocm !== 'ca' && ocm !== 'ao' && ocm !== 'co') fail('usage', `bdflags2MS: --ocm is ca, ao or co, not ${ocm}.`);
  const [asdm, vis] = names.map((name) => joinPath(context.cwd, name));
  const { rows, flaggedRows } = applyBdfFlags(context, {
    asdm,
    vis,
    conditions: found.flagcond ?? 'ALL',
    ocorr_mode: ocm,
    scans: found.scans ?? '',
    wvr_corrected_data: found.wvr === 'yes' || found.wvr === 'AP_CORRECTED' ? 'yes' : 'no',
  });
  const line = `bdflags2MS: ${rows} rows looked at, flags set in ${flaggedRows} of them.`;
  context.log.post(line, 'INFO', 'bdflags2MS');
  return `${line}\n`;
};

/** untar list|unpack ARCHIVE DIRECTORY [MEMBER…]: the tar of scripts, for archives of any size. */
const untar: Program = async (context, [act, archive, directory, ...members]) => {
  const wanted = members.map((name) => name.replace(/^\.\//, '').replace(/\/$/, ''));
  const accept = (name: string) =>
    wanted.length === 0 || wanted.some((one) => name === one || name.startsWith(`${one}/`));
  const path = joinPath(context.cwd, archive);
  const names =
    act === 'list'
      ? (await listTar(path)).filter(accept)
      : await unpackTar(path, joinPath(context.cwd, directory), { accept, watch: () => context.checkAbort() });
  return names.map((name) => `${name}\n`).join('');
};

const PROGRAMS: Readonly<Record<string, Program>> = { bdflags2MS, untar };

/**
 * Runs a program of CASA that scripts start through the shell.
 *
 * @param words its arguments
 * @returns what it prints
 * @throws usage for a program or option that is not known, and whatever the work throws
 */
export async function runProgram(name: string, words: readonly string[], context: Context): Promise<string> {
  const program = PROGRAMS[name] ?? fail('usage', `There is no program ${name}.`);
  return program(context, words);
}
