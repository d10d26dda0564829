// Runs a command and watches it: wall time, CPU time, peak resident memory of the process tree, peak disk of a folder.
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function folderBytes(path) {
  if (!existsSync(path)) return 0;
  let total = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const full = join(path, entry.name);
    try {
      if (entry.isDirectory()) total += folderBytes(full);
      else if (entry.isFile()) total += lstatSync(full).blocks * 512;
    } catch {
      // gone between listing and looking
    }
  }
  return total;
}

function statusNumber(pid, field) {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : 0;
  } catch {
    return 0;
  }
}

function children(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function treeMemory(pid) {
  return statusNumber(pid, 'VmHWM') + children(pid).reduce((sum, child) => sum + treeMemory(child), 0);
}

/** @returns {Promise<{wallSec, cpuSec, peakMemoryMb, peakDiskMb, status, output}>} */
export function measure(command, args, { cwd, env, folder }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let memory = 0;
    let disk = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, treeMemory(child.pid));
    }, 200);
    const watchDisk = setInterval(() => {
      disk = Math.max(disk, folderBytes(folder));
    }, 1500);
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('close', (status) => {
      clearInterval(watch);
      clearInterval(watchDisk);
      disk = Math.max(disk, folderBytes(folder));
      resolve({
        wallSec: (performance.now() - started) / 1000,
        peakMemoryMb: memory / 1e6,
        peakDiskMb: disk / 1e6,
        status,
        output,
      });
    });
  });
}

/** Bytes of a folder, MB. */
export const folderMb = (path) => folderBytes(path) / 1e6;
