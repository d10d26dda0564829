import { fail } from '../../foundation/base/index.ts';
import {
  CASA_STYLE,
  type Expression,
  type QueryStyle,
  type RowLimit,
  type SelectItem,
  type SetItem,
  type SortKey,
  type Statement,
} from './query-language.ts';
import { QueryParser } from './query-parser.ts';

const PYTHON_STYLE: QueryStyle = { origin: 0, isEndExcluded: true, isSlowestFirst: true };

const STYLES: Readonly<Record<string, Partial<QueryStyle>>> = {
  python: PYTHON_STYLE,
  casa: CASA_STYLE,
  glish: CASA_STYLE,
  base0: { origin: 0 },
  base1: { origin: 1 },
  endincl: { isEndExcluded: false },
  endexcl: { isEndExcluded: true },
  corder: { isSlowestFirst: true },
  fortranorder: { isSlowestFirst: false },
};

/** Words after which a clause, not a name, begins. */
const CLAUSES = [
  'from',
  'where',
  'groupby',
  'group',
  'having',
  'orderby',
  'order',
  'limit',
  'offset',
  'giving',
  'into',
  'set',
  'to',
  'as',
];

/**
 * Parses a statement: select, update, delete, count or calc, with "using style …" before it.
 *
 * @throws usage with the place; unsupported for other statements of the language
 */
export function parseStatement(text: string): Statement {
  return new StatementParser(quotePaths(text.replace(/;\s*$/, ''))).statement();
}

/**
 * Parses what stands after "where": a condition, and after it maybe orderby, limit, offset.
 *
 * @throws usage with the place
 */
export function parseCondition(text: string): Statement {
  return new StatementParser(quotePaths(text)).condition();
}

/** Puts the path after from, update, giving … into quotes, so that it is one word. */
function quotePaths(text: string): string {
  return text.replace(
    /("[^"]*"|'[^']*')|\b(from|update|into|giving|join)\s+([^\s'"[(,;$][^\s,;\])]*)/gi,
    (whole, quoted: string | undefined, word: string, path: string) => (quoted ? whole : `${word} "${path}"`),
  );
}

class StatementParser extends QueryParser {
  private style: QueryStyle = CASA_STYLE;

  statement(): Statement {
    if (this.acceptWord('using')) this.readStyle();
    this.alias = this.shortName();
    const statement = this.subquery();
    this.expectEnd();
    return statement;
  }

  condition(): Statement {
    const statement = { ...this.blank('select'), where: this.or(), ...this.order(), limit: this.limit() };
    this.expectEnd();
    return statement;
  }

  protected override subquery(): Statement {
    const { text } = this.take();
    const word = text.toLowerCase();
    if (word === 'select') return this.select();
    if (word === 'update') return this.update();
    if (word === 'delete') return this.deletion();
    if (word === 'count') return this.count();
    if (word === 'calc') return this.calc();
    return fail('unsupported', `The statement "${text}" is not offered; select, update, delete, count and calc are.`);
  }

  private readStyle(): void {
    if (!this.acceptWord('style')) this.complain('"style" is expected after using');
    do {
      const { text } = this.take();
      const change = STYLES[text.toLowerCase()];
      if (!change) this.complain(`the style ${text} is not known`);
      this.style = { ...this.style, ...change };
    } while (this.accept(','));
  }

  private select(): Statement {
    const isDistinct = this.acceptWord('distinct') || this.acceptWord('unique');
    const [after] = this.isWord('all') ? this.ahead('all') : [];
    if (after?.text !== '(') this.acceptWord('all');
    const items = this.selectItems();
    const target = this.acceptWord('into') ? this.target() : undefined;
    const from = this.acceptWord('from') ? this.origin() : undefined;
    const where = this.acceptWord('where') ? this.or() : undefined;
    const groupBy = this.acceptClause('group') ? this.expressions() : [];
    const having = this.acceptWord('having') ? this.or() : undefined;
    const order = this.order();
    const limit = this.limit();
    const giving = this.acceptWord('giving') ? this.giving() : target;
    return { ...this.blank('select'), from, items, isDistinct, where, groupBy, having, ...order, limit, giving };
  }

  private update(): Statement {
    const from = this.origin();
    if (!this.acceptWord('set')) this.complain('"set" is expected');
    const assignments: { column: string; indices: readonly SetItem[]; value: Expression }[] = [];
    do {
      const { kind, text } = this.take();
      if (kind !== 'name') this.complain('the name of a column is expected');
      const indices = this.accept('[') ? this.indices() : [];
      if (!this.accept('=')) this.complain('"=" is expected');
      assignments.push({ column: text, indices, value: this.or() });
    } while (this.accept(','));
    if (this.isWord('from')) this.complain('update with another table is not understood');
    return { ...this.blank('update'), from, assignments, ...this.rest() };
  }

  private deletion(): Statement {
    if (!this.acceptWord('from')) this.complain('"from" is expected');
    return { ...this.blank('delete'), from: this.origin(), ...this.rest() };
  }

  private count(): Statement {
    const items = this.selectItems();
    if (!this.acceptWord('from')) this.complain('"from" is expected');
    const from = this.origin();
    return { ...this.blank('count'), items, from, where: this.acceptWord('where') ? this.or() : undefined };
  }

  private calc(): Statement {
    if (this.acceptWord('from')) {
      const from = this.origin();
      if (!this.acceptWord('calc')) this.complain('"calc" is expected');
      return { ...this.blank('calc'), from, items: [{ expression: this.or(), name: undefined }] };
    }
    const expression = this.or();
    const from = this.acceptWord('from') ? this.origin() : undefined;
    return { ...this.blank('calc'), from, items: [{ expression, name: undefined }] };
  }

  private rest(): Pick<Statement, 'where' | 'orderBy' | 'isOrderDistinct' | 'limit'> {
    const where = this.acceptWord('where') ? this.or() : undefined;
    return { where, ...this.order(), limit: this.limit() };
  }

  private blank(kind: Statement['kind']): Statement {
    return {
      kind,
      style: this.style,
      from: undefined,
      items: [],
      isDistinct: false,
      where: undefined,
      groupBy: [],
      having: undefined,
      orderBy: [],
      isOrderDistinct: false,
      limit: undefined,
      giving: undefined,
      assignments: [],
    };
  }

  private acceptClause(word: string): boolean {
    if (this.acceptWord(`${word}by`)) return true;
    if (!this.acceptWord(word)) return false;
    if (!this.acceptWord('by')) this.complain(`"by" is expected after ${word}`);
    return true;
  }

  private isClause(): boolean {
    return this.token.kind === 'end' || CLAUSES.some((word) => this.isWord(word));
  }

  private selectItems(): SelectItem[] {
    if (this.accept('*') || this.isClause()) return [];
    const items: SelectItem[] = [];
    do {
      const expression = this.or();
      const isNamed = this.acceptWord('as') || (this.token.kind === 'name' && !this.isClause());
      items.push({ expression, name: isNamed ? this.take().text : undefined });
    } while (this.accept(','));
    return items;
  }

  private expressions(): Expression[] {
    const found: Expression[] = [];
    do found.push(this.or());
    while (this.accept(','));
    return found;
  }

  private order(): { orderBy: SortKey[]; isOrderDistinct: boolean } {
    if (!this.acceptClause('order')) return { orderBy: [], isOrderDistinct: false };
    const isOrderDistinct = this.acceptWord('distinct') || this.acceptWord('unique');
    const isAllDescending = this.acceptWord('desc') || this.acceptWord('descending');
    if (!isAllDescending) this.acceptWord('asc');
    const orderBy: SortKey[] = [];
    do {
      const expression = this.or();
      const isDescending = this.acceptWord('desc') || this.acceptWord('descending');
      const isAscending = !isDescending && (this.acceptWord('asc') || this.acceptWord('ascending'));
      orderBy.push({ expression, isDescending: isDescending || (isAllDescending && !isAscending) });
    } while (this.accept(','));
    return { orderBy, isOrderDistinct };
  }

  /** limit n, limit start:end:step, limit n offset m; an end of 0 is no limit. */
  private limit(): RowLimit | undefined {
    let start = 0;
    let end: number | undefined;
    let step = 1;
    let isLimited = false;
    if (this.acceptWord('limit')) {
      isLimited = true;
      const isRange = () => this.token.kind === 'sign' && this.token.text === ':';
      const first = isRange() ? undefined : this.integer();
      if (this.accept(':')) {
        start = first ?? 0;
        if (!this.isClause() && !isRange()) end = this.integer();
        if (this.accept(':')) step = this.integer();
      } else end = first;
      if (end === 0) end = undefined;
      if (step < 1) this.complain('a step above 0 is expected');
    }
    if (this.acceptWord('offset')) {
      isLimited = true;
      start = this.integer();
      if (end !== undefined && end >= 0) end += start;
    }
    return isLimited ? { start, end, step } : undefined;
  }

  private integer(): number {
    const sign = this.accept('-') ? -1 : 1;
    const { kind, text } = this.take();
    if (kind !== 'number' || !/^\d+$/.test(text)) this.complain('a whole number is expected');
    return sign * Number(text);
  }

  private giving(): Statement['giving'] {
    return this.accept('[') ? this.items(']') : this.target();
  }

  private target(): { path: string; isPlain: boolean } {
    const { kind, text } = this.take();
    if (kind !== 'text' && kind !== 'name') this.complain('the path of a table is expected');
    let isPlain = false;
    if (this.acceptWord('as')) {
      isPlain = this.take().text.toLowerCase().startsWith('plain');
      if (!isPlain) this.complain('"plain" is expected after as');
    }
    return { path: text, isPlain };
  }

  /** The short name that follows the first table: from "x.ms" as t; columns may be called t.TIME before it is met. */
  private shortName(): string | undefined {
    const [table, first, second] = this.ahead('from');
    if (table?.kind !== 'text') return undefined;
    const word = first?.kind === 'name' && first.text.toLowerCase() === 'as' ? second : first;
    return word?.kind === 'name' && !CLAUSES.includes(word.text.toLowerCase()) ? word.text : undefined;
  }

  private acceptShortName(): void {
    this.acceptWord('as');
    if (this.token.kind !== 'name' || this.isClause()) return;
    const { text } = this.take();
    if (text !== this.alias) this.complain('a query has one short name, that of its first table');
  }

  private origin(): string | Statement {
    if (this.accept('[')) {
      const statement = this.subquery();
      this.expect(']');
      return statement;
    }
    const { kind, text } = this.take();
    if (kind !== 'text' && kind !== 'name') this.complain('the path of a table is expected');
    this.acceptShortName();
    if (this.token.kind === 'sign' && this.token.text === ',')
      this.complain('queries over several tables are not understood');
    return text;
  }
}
