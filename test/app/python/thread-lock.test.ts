import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'qa2-lock-'));
const server = createServer((socket) => socket.end());

/** Locks a process as the thread of scripts, then goes for the network with what was loaded before and what can be loaded now. */
const PROGRAM = (port: number) => `
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
import * as net from 'node:net';
import { lockThread } from './src/app/python/thread-lock.ts';
const load = createRequire('${folder}/');
lockThread({ check() {} } as never);
const tries: Record<string, () => Promise<unknown>> = {
  connect: () => through(() => new net.Socket().connect(${port})),
  http: async () => { const { get } = await import('node:http'); return through(() => get('http://127.0.0.1:${port}/')); },
  agentless: async () => { const { get } = load('node:http'); return through(() => get({ port: ${port}, agent: false })); },
  https: async () => { const { get } = await import('node:https'); return through(() => get('https://127.0.0.1:${port}/')); },
  tls: async () => { const { connect } = load('node:tls'); return through(() => connect(${port})); },
  http2: async () => { const { connect } = load('node:http2'); return through(() => connect('http://127.0.0.1:${port}')); },
  listen: async () => { const { createServer } = load('node:http'); return through(() => createServer().listen(0), 'listening'); },
  resolve: async () => { const dns = await import('node:dns'); return dns.lookup('localhost', () => undefined); },
};
function through(start: () => any, event = 'connect'): Promise<string> {
  return new Promise((resolve, reject) => {
    const made = start();
    for (const name of [event, 'secureConnect', 'response']) made.on(name, () => resolve('OPEN'));
    made.on('socket', (socket: any) => socket.on('connect', () => resolve('OPEN')));
    made.on('error', reject);
    setTimeout(() => reject(new Error('nothing came')), 300);
  });
}
for (const [name, attempt] of Object.entries(tries)) {
  const found = await attempt().catch((error) => 'closed: ' + error.code);
  writeSync(1, name + ' ' + found + '\\n');
}
process.exit(0); // what came through would keep it alive
`;

describe('lockThread', () => {
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('leaves no way to the network, by modules that are loaded before or after', async () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const outfile = join(folder, 'program.mjs');
    const resolveDir = new URL('../../..', import.meta.url).pathname;
    await build({
      stdin: { contents: PROGRAM(port), resolveDir, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    const run = spawnSync(process.execPath, [outfile], { timeout: 20_000 });
    expect(run.stderr.toString()).toBe('');
    const lines = run.stdout.toString().trim().split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines) expect(line).toMatch(/^\w+ closed: /);
    expect(lines.at(-1)).toBe('resolve closed: EACCES');
  });
});
