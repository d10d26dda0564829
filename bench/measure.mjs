// Runs a command and watches it: wall time, CPU time, peak resident memory of the process tree, peak disk of a folder.
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Peak resident memory of a process and its children, bytes. */
export function treeMemory(pid) {
  return statusNumber(pid, 'VmHWM') + children(pid).reduce((sum, child) => sum + treeMemory(child), 0);
}

/** CPU time of a process and of its children, s (clock ticks of 10 ms). */
export function treeCpu(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .map(Number);
    const own = (fields[11] + fields[12] + fields[13] + fields[14]) / 100;
    return children(pid).reduce((sum, child) => sum + treeCpu(child), own);
  } catch {
    return 0;
  }
}

/** Makes the kernel forget the peaks of a process and its children, so that the next step has its own. */
function forgetPeaks(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // without it the peak of earlier steps stays
  }
  for (const child of children(pid)) forgetPeaks(child);
}

/** A line of this form on the standard output begins or ends a step; `measure` then measures it. */
const MARK = /^BENCH (begin|end) ?(.*)$/;

/** Follows the marks in the output of a process and measures each step from outside, alike for every program. */
class StepWatch {
  steps = [];
  #pid;
  #rest = '';
  #open;

  constructor(pid) {
    this.#pid = pid;
  }

  read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const mark = MARK.exec(line.trim());
      if (mark?.[1] === 'begin') {
        forgetPeaks(this.#pid);
        this.#open = { name: mark[2], started: performance.now(), cpu: treeCpu(this.#pid) };
      } else if (mark && this.#open) {
        this.steps.push({
          name: this.#open.name,
          wallSec: (performance.now() - this.#open.started) / 1000,
          cpuSec: treeCpu(this.#pid) - this.#open.cpu,
          peakMemoryMb: treeMemory(this.#pid) / 1e6,
        });
        this.#open = undefined;
      }
    }
  }
}

/**
 * @param folder whose size on disk is watched; undefined: none
 * @returns {Promise<{wallSec, cpuSec, peakMemoryMb, peakDiskMb, steps, status, output}>}
 */
export function measure(command, args, { cwd, env, folder }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const steps = new StepWatch(child.pid);
    let output = '';
    let memory = 0;
    let disk = 0;
    let cpu = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, treeMemory(child.pid));
      cpu = Math.max(cpu, treeCpu(child.pid));
    }, 200);
    const watchDisk = setInterval(() => {
      if (folder) disk = Math.max(disk, folderBytes(folder));
    }, 1500);
    child.stdout.on('data', (data) => {
      steps.read(String(data));
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('close', (status) => {
      clearInterval(watch);
      clearInterval(watchDisk);
      if (folder) disk = Math.max(disk, folderBytes(folder));
      resolve({
        steps: steps.steps,
        wallSec: (performance.now() - started) / 1000,
        cpuSec: cpu,
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
