import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';

const lock = new URL('../../../src/app/python/thread-lock.ts', import.meta.url).pathname;

/** JavaScript that runs behind the lock, as if a script had got out of Python. */
const ATTACK = `
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { lockThread } from ${JSON.stringify(lock)};
const loadBefore = createRequire(import.meta.url);
const port = await new Promise((resolve) => {
  const server = createServer((socket) => socket.end('HTTP/1.0 200 OK\\r\\n\\r\\nESCAPED')).listen(0, '127.0.0.1', () => {
    server.unref();
    resolve(server.address().port);
  });
});
const folder = process.argv[2];
lockThread({
  check(path) { if (!path.startsWith(folder)) throw new Error('outside'); },
  checkLink() {}, checkMove() {}, namesOnTheWay: () => [],
});
const tries = async (name, act) => {
  let found = 'refused';
  try { found = (await act()) ?? 'nothing'; } catch (error) { if (!(error instanceof Error)) found = error; }
  writeSync(1, name + ': ' + found + '\\n');
};
const answer = (start) => new Promise((resolve, reject) => {
  const stream = start();
  stream.on('error', reject);
  stream.on('response', () => resolve('ESCAPED'));
  stream.on('connect', () => resolve('ESCAPED'));
  stream.on('listening', () => resolve('ESCAPED'));
});
const url = 'http://127.0.0.1:' + port + '/';
await tries('http', async () => { const { get } = await import('node:http'); return answer(() => get(url)); });
await tries('http server', async () => { const { createServer: make } = await import('node:http'); return answer(() => make().listen(0)); });
await tries('https', async () => { const { get } = await import('node:https'); return answer(() => get(url.replace('http', 'https'))); });
await tries('http2', async () => { const { connect } = await import('node:http2'); return answer(() => connect(url)); });
await tries('tls', async () => { const { connect } = await import('node:tls'); return answer(() => connect(port, '127.0.0.1')); });
await tries('net', async () => { const { connect } = await import('node:net'); return answer(() => connect(port, '127.0.0.1')); });
await tries('socket', async () => { const { Socket } = await import('node:net'); return answer(() => new Socket().connect(port)); });
await tries('fetch', async () => (await fetch(url)).status);
await tries('program', async () => (await import('node:child_process')).execSync('echo ESCAPED'));
await tries('cluster', async () => (await import('node:cluster')).default.fork() && 'ESCAPED');
await tries('fs', async () => (await import('node:fs')).readFileSync('/etc/passwd', 'utf8').length);
await tries('promises', async () => (await (await import('node:fs/promises')).readFile('/etc/passwd')).length);
await tries('stream', async () => (await import('node:fs')).createReadStream('/etc/passwd') && 'ESCAPED');
await tries('wasi', async () => new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } }) && 'ESCAPED');
await tries('inspector', async () => (await import('node:inspector')).open(0) ?? 'ESCAPED');
await tries('heap', async () => (await import('node:v8')).writeHeapSnapshot('/tmp/qa2-escaped.heap'));
await tries('flags', async () => (await import('node:v8')).setFlagsFromString('--allow-natives-syntax') ?? 'ESCAPED');
await tries('vm', async () => (await import('node:vm')).runInThisContext("'ESCAPED'"));
await tries('repl', async () => (await import('node:repl')).start({}) && 'ESCAPED');
await tries('require', () => loadBefore('node:os') && 'ESCAPED');
await tries('createRequire', async () => (await import('node:module')).createRequire('/x/y') && 'ESCAPED');
await tries('thread', async () => new (await import('node:worker_threads')).Worker('1', { eval: true }) && 'ESCAPED');
await tries('environment', () => process.loadEnvFile('/etc/os-release') ?? 'ESCAPED');
await tries('kill', () => process._kill(process.pid, 0) ?? 'ESCAPED');
await tries('report', () => process.report.writeReport('/tmp/qa2-escaped.json'));
await tries('random', () => loadBefore('node:crypto').randomFillSync(new Uint8Array(8)).some((byte) => byte > 0));
await tries('own folder', async () => (await import('node:fs')).readFileSync(folder + '/own', 'utf8'));
process.exit(0);
`;

test('code behind the lock reaches no network, program, other file or debugger', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-lock-')));
  try {
    writeFileSync(join(folder, 'own'), 'readable');
    const stdin = { contents: ATTACK, resolveDir: folder, loader: 'js' as const };
    const outfile = join(folder, 'attack.mjs');
    buildSync({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
    const { stdout, stderr } = spawnSync(process.execPath, [outfile, folder], { encoding: 'utf8', timeout: 20_000 });
    const lines = stdout.trim().split('\n');
    expect({ stderr, open: lines.filter((line) => !line.endsWith(': refused')) }).toEqual({
      stderr: '',
      open: ['random: true', 'own folder: readable'],
    });
    expect(lines).toHaveLength(27);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
