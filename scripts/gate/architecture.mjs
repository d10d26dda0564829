// The architecture gate: pure checks over {path: text}; each returns findings {level, path, line, message}.
import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';
import { BANNED_NAMES, FLOORS, LIMITS, NODE_DOORS, SAME_FLOOR } from './rooms.mjs';

const finding = (level, path, line, message) => ({ level, path, line, message });

function parse(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Imports of a file as {target, line, isTypeOnly}. */
function importsOf(source) {
  const found = [];
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
      const isTypeOnly = ts.isExportDeclaration(node) ? node.isTypeOnly : Boolean(clause?.isTypeOnly);
      found.push({ target: node.moduleSpecifier.text, line: lineOf(source, node), isTypeOnly });
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      ts.isStringLiteral(node.arguments[0] ?? node)
    ) {
      found.push({ target: node.arguments[0].text, line: lineOf(source, node), isTypeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function roomOf(path) {
  const parts = path.split('/');
  return parts[0] === 'src' && parts.length > 3 ? `${parts[1]}/${parts[2]}` : undefined;
}

/** Floors, rooms, doors: one finding for each import that the house does not allow. */
export function checkImports(files) {
  const findings = [];
  for (const [path, text] of Object.entries(files)) {
    const room = roomOf(path);
    if (!room) continue;
    if (!(room in SAME_FLOOR)) findings.push(finding('error', path, 1, `room ${room} is not in the house`));
    for (const { target, line } of importsOf(parse(path, text))) {
      if (target.startsWith('node:') && !NODE_DOORS.some((door) => door.test(path))) {
        findings.push(
          finding(
            'error',
            path,
            line,
            `${target} may only be imported by the doors (bytes/node.ts, workers-node.ts, app)`,
          ),
        );
      }
      if (!target.startsWith('.')) continue;
      const resolved = normalize(join(dirname(path), target));
      const other = roomOf(resolved);
      if (!other || other === room) continue;
      findings.push(...crossRoom(path, line, room, other, resolved));
    }
  }
  return findings;
}

function crossRoom(path, line, room, other, resolved) {
  const [floor, name] = room.split('/');
  const [otherFloor, otherName] = other.split('/');
  const found = [];
  if (FLOORS.indexOf(otherFloor) > FLOORS.indexOf(floor)) {
    found.push(finding('error', path, line, `${room} may not import ${other}: that floor is below`));
  } else if (otherFloor === floor && !SAME_FLOOR[room]?.includes(otherName)) {
    found.push(finding('error', path, line, `${floor}/${name} may not import ${other}: not in its row`));
  }
  const isDoor = /\/(index|node)\.ts$/.test(resolved) || /\/(workers-node|node-[a-z-]+)\.ts$/.test(resolved);
  if (!isDoor) found.push(finding('error', path, line, `${other} is entered by its index.ts, not by ${resolved}`));
  return found;
}

/** Loops of imports between files, type-only imports left out. */
export function checkLoops(files) {
  const graph = new Map();
  for (const [path, text] of Object.entries(files)) {
    const targets = importsOf(parse(path, text))
      .filter((entry) => !entry.isTypeOnly && entry.target.startsWith('.'))
      .map((entry) => normalize(join(dirname(path), entry.target)));
    graph.set(
      path,
      targets.filter((target) => target in files),
    );
  }
  const state = new Map();
  const loops = [];
  const walk = (path, trail) => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      loops.push(finding('error', path, 1, `import loop: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`));
      return;
    }
    state.set(path, 'open');
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) walk(path, []);
  return loops;
}

/** File and function lengths. */
export function checkLengths(files) {
  const findings = [];
  for (const [path, text] of Object.entries(files)) {
    const lines = text.split('\n').length;
    if (lines > LIMITS.fileFail)
      findings.push(finding('error', path, 1, `${lines} lines; ${LIMITS.fileFail} is the limit`));
    else if (lines > LIMITS.fileWarn)
      findings.push(finding('warning', path, 1, `${lines} lines; aim for ${LIMITS.fileWarn}`));
    const source = parse(path, text);
    const visit = (node) => {
      if (ts.isFunctionLike(node) && node.body) {
        const first = lineOf(source, node);
        const length = source.getLineAndCharacterOfPosition(node.end).line + 2 - first;
        const label = node.name?.getText(source) ?? 'a function';
        if (length > LIMITS.functionFail)
          findings.push(
            finding('error', path, first, `${label} has ${length} lines; ${LIMITS.functionFail} is the limit`),
          );
        else if (length > LIMITS.functionWarn)
          findings.push(
            finding('warning', path, first, `${label} has ${length} lines; aim for ${LIMITS.functionWarn}`),
          );
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return findings;
}

/** Names of files, tagless throws, constants of nature defined twice. */
export function checkWords(files) {
  const findings = [];
  for (const [path, text] of Object.entries(files)) {
    for (const part of path.replace(/\.(test|peers|slow|browser)?\.?ts$/, '').split('/')) {
      if (BANNED_NAMES.includes(part))
        findings.push(finding('error', path, 1, `the name "${part}" says nothing; name the thing`));
      if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(part))
        findings.push(finding('error', path, 1, `"${part}" is not kebab-case`));
    }
    text.split('\n').forEach((line, index) => {
      if (/throw new Error\(/.test(line))
        findings.push(finding('error', path, index + 1, 'throw through fail(tag, …), never a bare Error'));
      if (/299_?792_?458(?!\d)/.test(line) && path !== 'src/foundation/base/constants.ts') {
        findings.push(finding('error', path, index + 1, 'the speed of light is SPEED_OF_LIGHT in foundation/base'));
      }
      if (/\b(TODO|FIXME|XXX)\b/.test(line))
        findings.push(finding('error', path, index + 1, 'a promise in the code; do it or say it in docs'));
    });
  }
  return findings;
}

/** Tests mirror sources, and assert. */
export function checkTests(sources, tests) {
  const findings = [];
  const covered = new Set();
  for (const [path, text] of Object.entries(tests)) {
    if (!/\bexpect\(|\bassert\b|expectTypeOf|fc\.assert/.test(text))
      findings.push(finding('error', path, 1, 'a test file without an assertion'));
    if (/\b(it|test|describe)\.(skip|only|todo)\b/.test(text))
      findings.push(finding('error', path, 1, 'a test that is switched off or alone'));
    const match = /^test\/((?:foundation|formats|astronomy|pipeline|app)\/.+?)(\.[a-z]+)?\.test\.ts$/.exec(path);
    if (!match) continue;
    const source = `src/${match[1]}.ts`;
    const room = match[1].split('/').slice(0, 2).join('/');
    covered.add(source);
    if (!(source in sources) && !/(round-trip|room|whole|fuzz|probes|recovery|pipeline|laws|escape)/.test(match[1])) {
      findings.push(finding('error', path, 1, `no ${source} to mirror (rooms: ${room})`));
    }
  }
  for (const path of Object.keys(sources)) {
    if (!/^src\/(foundation|formats|astronomy|pipeline)\//.test(path) || /(index|types|[a-z-]+-types)\.ts$/.test(path))
      continue;
    if (!covered.has(path)) findings.push(finding('info', path, 1, 'no test of the same name'));
  }
  return findings;
}

/** Each room has index.ts and README.md. */
export function checkRooms(sources, allPaths) {
  const findings = [];
  const rooms = new Set(Object.keys(sources).map(roomOf).filter(Boolean));
  for (const room of rooms) {
    if (!(`src/${room}/index.ts` in sources) && !room.startsWith('app/'))
      findings.push(finding('error', `src/${room}`, 1, 'the room has no index.ts'));
    if (!allPaths.includes(`src/${room}/README.md`))
      findings.push(finding('error', `src/${room}`, 1, 'the room has no README.md'));
  }
  return findings;
}
