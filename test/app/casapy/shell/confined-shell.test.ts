import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { confinedShell } from '../../../../src/app/casapy/shell/confined-shell.ts';
import { guardedFiles } from '../../../../src/app/python/index.ts';
import { AccessRules } from '../../../../src/app/tasks/index.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-shell-')));
const work = join(top, 'work');
const secret = join(top, 'secret');
afterAll(() => rmSync(top, { recursive: true }));

beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  rmSync(secret, { recursive: true, force: true });
  mkdirSync(join(work, 'raw'), { recursive: true });
  mkdirSync(secret);
  writeFileSync(join(secret, 'key'), 'top secret\n');
  writeFileSync(join(work, 'raw', 'data'), 'raw\n');
  writeFileSync(join(work, 'names.txt'), '#one\ntwo 2\nthree 3\n');
});

function run(command: string) {
  const rules = new AccessRules([
    { path: work, mode: 'write' },
    { path: join(work, 'raw'), mode: 'read' },
  ]);
  const echo = (args: readonly string[]) => ({ status: 0, output: args.join('|'), errors: '' });
  const programs = { bdflags2MS: echo, untar: echo };
  const shell = confinedShell(guardedFiles(rules), programs);
  return shell.run({
    command: `{ ${command}\n} 2>&1`,
    cwd: work,
    environment: { NAME: 'value', HOME: work },
    capture: true,
  });
}

const output = (command: string) => run(command).output;

describe('the shell of scripts', () => {
  it.each([
    ['echo "a  $NAME" \'$NAME\' $NONE a\\ b', 'a  value $NAME a b\n'],
    ['ls *.txt | wc -l', '1\n'],
    ['ls nothing* 2>/dev/null | wc -l', '0\n'],
    ['cat names.txt | grep -v "#" | wc -l', '2\n'],
    ['mkdir -p a/b && touch a/b/c && cp -ir a d && rm -rf a && find d -type f', 'd/b/c\n'],
    ['touch x.ms y.ms; find . -name "?.ms" -exec mv {} {}.old \\; ; ls *.old', 'x.ms.old\ny.ms.old\n'],
    ['find . -type f -exec ls -1 {} +', './names.txt\n./raw/data\n'],
    ["df -P -m $PWD | awk '/[0-9]%/{print ($(NF-2) > 0)}'", '1\n'],
    ['cd raw && du -sm ../../* | cut -f2', '../../work\n'],
    ['du -smc raw | grep total | tail -n 1 | cut -f1', '1\n'],
    ['awk \'{s += $2} END {printf "%.1f %d\\n", s / NR, s}\' names.txt', '1.7 5\n'],
    ["awk -F: 'NR==2 {print $2}' OFS=x names.txt; echo a:b | awk -F: '{print $2 \"-\" $1}'", '\nb-a\n'],
    ["sed -n '2s/two \\([0-9]\\)/\\1 zwei/p' names.txt", '2 zwei\n'],
    ["sed -e 's/#//g' -e '/three/d' names.txt", 'one\ntwo 2\n'],
    ['sort -r names.txt | head -1', 'two 2\n'],
    ['printf "2\\n10\\n1\\n" | sort -n | tail -1', '10\n'],
    ['printf "b\\na\\nb\\n" | sort | uniq -c | awk \'{print $1 $2}\'', '1a\n2b\n'],
    ['ln -sf ../ x/y; mkdir x; ln -s ../raw x/r; ls x/r', 'ln: ln: No such file or directory\ndata\n'],
    [
      'cat names.txt/x; ls names.txt/x; rm names.txt/x; cp names.txt names.txt/x; [ -e names.txt/x ] || echo none',
      "cat: names.txt/x: Not a directory\nls: cannot access 'names.txt/x': Not a directory\n" +
        'rm: names.txt/x: Not a directory\ncp: names.txt: Not a directory\nnone\n',
    ],
    ['tar czf t.tgz raw && mkdir u && cd u && tar xzf ../t.tgz && cat raw/data', 'raw\n'],
    ['echo text > f; gzip f; gunzip -c f.gz; ls f*', 'text\nf.gz\n'],
    ['(cd raw; pwd); basename $PWD', `${join(work, 'raw')}\nwork\n`],
    ['false || echo no; true && echo yes; ! false && echo not', 'no\nyes\nnot\n'],
    ['for f in *.txt; do echo "<$f>"; done', '<names.txt>\n'],
    ['if [ -d raw -a ! -f none ]; then echo dir; else echo none; fi', 'dir\n'],
    ['echo $(cat raw/data) `echo back`', 'raw back\n'],
    ['echo one > o; echo two >> o; cat < o | tr a-z A-Z', 'ONE\nTWO\n'],
    ['ls | xargs -n1 echo got', 'got names.txt\ngot raw\n'],
    ['/opt/casa/bin/bdflags2MS -f "COR DELA" a b.ms', '-f|COR DELA|a|b.ms'],
    ['echo {a,b}.ms', 'a.ms b.ms\n'],
    ['chmod 600 names.txt; stat -c %a names.txt', '600\n'],
  ])('%s', (command, expected) => {
    expect(output(command)).toBe(expected);
  });

  it('hands over the status of the last command', () => {
    expect(run('exit 3').status).toBe(3);
    expect(run('grep nothing names.txt').status).toBe(1);
    expect(run('unheard-of').status).toBe(127);
    expect(run('echo "open').status).toBe(2);
  });

  it.each([
    'cat ../secret/key',
    `cat ${secret}/key`,
    'cat raw/../../secret/key',
    'cat "$PWD"/../secret/key',
    'cp ../secret/key .; cat key',
    'ln -s ../secret l; cat l/key',
    `ln -s ${secret}/key l; cat l`,
    'ln ../secret/key l; cat l',
    'mkdir -p a; cd a; ln -s .. up; cat up/../secret/key',
    'cd ../secret && cat key',
    'grep -r secret ..',
    'find / -name key',
    'find . -name names.txt -exec cat ../secret/key \\;',
    "awk '{print}' ../secret/key; sed -n p ../secret/key; head ../secret/key",
    'tar cf - ../secret | tar tf -',
    'cat < ../secret/key',
    'sh -c "cat ../secret/key"; eval cat ../secret/key; echo ../secret/key | xargs cat',
    'cat $(echo ../secret/key)',
    'cat /proc/self/environ; cat /etc/passwd',
  ])('%s shows nothing from outside', (command) => {
    const shown = output(command);
    expect(shown).not.toContain('top secret');
    expect(shown).not.toContain('root:');
  });

  it.each([
    'rm -rf ../secret',
    `rm -rf ${secret}`,
    'echo x > ../secret/key',
    'mv ../secret .',
    'mv names.txt ../secret/key',
    'cp names.txt ../secret/key',
    'touch ../secret/new; mkdir ../secret/newer',
    'chmod 777 ../secret/key',
    'sed -i s/top/x/ ../secret/key',
    'sort -o ../secret/key names.txt; tee ../secret/key < names.txt',
    'rm -rf raw; mv raw other; echo x > raw/data; rm raw/data; touch raw/new',
    'gzip raw/data; gzip -f ../secret/key',
    'ln raw/data hard; echo x > hard',
  ])('%s changes nothing outside or read-only', (command) => {
    run(command);
    expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('top secret\n');
    expect(readFileSync(join(work, 'raw', 'data'), 'utf8')).toBe('raw\n');
    expect(existsSync(join(secret, 'new')) || existsSync(join(work, 'raw', 'new'))).toBe(false);
  });

  it('does not follow a link that leads out, nor write through a dangling one', () => {
    symlinkSync(join(secret, 'key'), join(work, 'there'));
    symlinkSync(join(secret, 'made'), join(work, 'dangling'));
    expect(output('cat there')).not.toContain('top secret');
    run('echo x > there; echo x > dangling; rm -rf there dangling');
    expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('top secret\n');
    expect(existsSync(join(secret, 'made'))).toBe(false);
  });

  it('refuses members of archives that lead out', () => {
    for (const [name, type, link] of [
      ['../secret/key', '0', ''],
      [`${secret}/key`, '0', ''],
      ['l', '2', '../secret'],
    ]) {
      writeFileSync(join(work, 'bad.tgz'), gzipSync(tarOf(name, type, link)));
      expect(run('tar xzf bad.tgz').status).not.toBe(0);
      run('echo x > l/key');
    }
    expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('top secret\n');
  });
});

/** A tar file of one member with the content `x`. */
function tarOf(name: string, type: string, link: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${(type === '0' ? 1 : 0).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const content = Buffer.alloc(type === '0' ? 512 : 0, 'x');
  return Buffer.concat([header, content, Buffer.alloc(1024)]);
}

it('hands archives that are too large for it to the engine', () => {
  writeFileSync(join(work, 'u.ms.tgz'), '');
  truncateSync(join(work, 'u.ms.tgz'), 300 * 1024 * 1024);
  expect(output('tar xvzf u.ms.tgz u.ms')).toBe(`unpack|${join(work, 'u.ms.tgz')}|${work}|u.ms`);
  expect(output('tar xzf u.ms.tgz')).toBe('');
  expect(output('tar tzf u.ms.tgz')).toBe(`list|${join(work, 'u.ms.tgz')}|${work}`);
});
