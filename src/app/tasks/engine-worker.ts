/** The script of an engine thread: serves a Python thread over a bridge, or the jobs of a pool. */
import { writeSync } from 'node:fs';
import { isMainThread, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { abortCheck, type LogPriority, packError } from '../../foundation/base/index.ts';
import { jobData, serveJobs } from '../../foundation/base/workers-node.ts';
import { disk, installDisk } from '../../foundation/bytes/index.ts';
import { prepareLocks } from '../../foundation/bytes/node.ts';
import { AccessRules, type AllowedFolder } from './access-rules.ts';
import { CasaLog } from './casa-log.ts';
import { confinedDisk } from './confined-disk.ts';
import { installEngine } from './engine-installation.ts';
import { type EngineJob, logfileOf, runEngineJob } from './engine-jobs.ts';
import { type EngineRequest, EngineSession } from './engine-session.ts';
import { StepProgress } from './step-progress.ts';
import { packReply, unpackRequest } from './values.ts';

/** What an engine thread is started with. */
export interface EngineThreadData {
  /** One Int32: not 0 when the user asked to stop. */
  readonly abort: SharedArrayBuffer;
  readonly memoryBytes: number;
  readonly casaVersion: string;
  readonly logfile?: string;
  /**
   * Log lines of at least this priority also go to stderr; without a bridge not those of failures, which are thrown
   * and told by whoever catches them.
   */
  readonly echo?: LogPriority;
  /** What an untrusted script may touch through tasks and tools; undefined: everything. */
  readonly folders?: readonly AllowedFolder[];
  /** Requests of a Python thread come here, and `signal` wakes it. */
  readonly bridge?: { readonly port: MessagePort; readonly signal: SharedArrayBuffer };
}

function startSession(
  data: EngineThreadData,
  logfile: string | undefined,
  progress: EngineSessionProgress,
): EngineSession {
  const rules = data.folders && new AccessRules(data.folders);
  return new EngineSession({
    log: new CasaLog({
      file: logfile,
      checkFile: rules && ((path) => rules.check(path, 'write')),
      echo: data.echo && {
        from: data.echo,
        upTo: data.bridge ? 'SEVERE' : 'WARN',
        write: (lines) => void writeSync(2, lines),
      },
    }),
    checkAbort: abortCheck(new Int32Array(data.abort)),
    progress,
    casaVersion: data.casaVersion,
  });
}

type EngineSessionProgress = ConstructorParameters<typeof EngineSession>[0]['progress'];

/** A request on the bridge. */
export interface BridgeRequest {
  readonly text: string;
  readonly cwd: string;
  readonly casaVersion?: string;
}

/** How long a bridge waits for the next request before other events have their turn. */
const LINGER_MS = 5;

function serveBridge(data: EngineThreadData, bridge: NonNullable<EngineThreadData['bridge']>): void {
  const session = startSession(data, data.logfile, { update() {} });
  const abort = new Int32Array(data.abort);
  const signal = new Int32Array(bridge.signal);
  let isFirst = true;
  const answer = async (request: BridgeRequest) => {
    Atomics.store(abort, 0, 0);
    Atomics.store(signal, 1, 0);
    if (request.casaVersion !== undefined) session.casaVersion = request.casaVersion;
    if (isFirst) session.announce();
    isFirst = false;
    try {
      const asked = unpackRequest(request.text) as unknown as EngineRequest;
      if (asked.kind === 'task') prepareLocks(); // most tasks lock tables, and all take longer than this
      const value = await session.answerPython(asked, request.cwd);
      bridge.port.postMessage(packReply(value));
    } catch (error) {
      bridge.port.postMessage({ error: packError(error) });
    }
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  /** Scripts call tools one after the other: the thread wakes sooner from this sleep than from its event loop. */
  const soon = () => {
    if (Atomics.wait(signal, 1, 0, LINGER_MS) === 'timed-out') return undefined;
    return receiveMessageOnPort(bridge.port)?.message as BridgeRequest | undefined;
  };
  bridge.port.on('message', async (first: BridgeRequest) => {
    for (let next: BridgeRequest | undefined = first; next; next = soon()) await answer(next);
    prepareLocks(); // while Python is busy with itself
  });
  bridge.port.on('close', () => session.close());
}

async function runJob(data: EngineThreadData, job: EngineJob, progress: EngineSessionProgress): Promise<unknown> {
  const nested = new StepProgress(progress);
  const hasSteps = job.kind === 'member' || job.kind === 'plan';
  const session = startSession(data, logfileOf(job) ?? data.logfile, hasSteps ? nested.tasks : progress);
  try {
    return await runEngineJob(session, job, hasSteps ? nested.steps : progress);
  } finally {
    session.close();
  }
}

if (!isMainThread) {
  const data = jobData<EngineThreadData>();
  installEngine(data.memoryBytes);
  if (data.folders) installDisk(confinedDisk(disk(), new AccessRules(data.folders)));
  if (data.bridge) serveBridge(data, data.bridge);
  else serveJobs<EngineJob, unknown>((job, progress) => runJob(data, job, progress));
}
