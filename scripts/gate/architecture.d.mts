interface Finding {
  level: 'error' | 'warning' | 'info';
  path: string;
  line: number;
  message: string;
}
type Files = Record<string, string>;
export function checkImports(files: Files): Finding[];
export function checkLoops(files: Files): Finding[];
export function checkLengths(files: Files): Finding[];
export function checkWords(files: Files): Finding[];
export function checkTests(sources: Files, tests: Files): Finding[];
export function checkRooms(sources: Files, allPaths: string[]): Finding[];
