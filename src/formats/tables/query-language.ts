/** An expression of the table query language, parsed. */
export type Expression =
  | {
      readonly kind: 'literal';
      readonly value: number | string | boolean;
      readonly isInteger?: boolean;
      /** Of a number: what it is a number of. */
      readonly unit?: string;
      readonly isDate?: boolean;
    }
  | { readonly kind: 'array'; readonly items: readonly SetItem[] }
  | { readonly kind: 'subquery'; readonly statement: Statement }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!' | '~'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'element'; readonly array: Expression; readonly indices: readonly SetItem[] }
  | {
      readonly kind: 'in';
      readonly value: Expression;
      readonly set: readonly SetItem[] | Expression;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: 'like';
      readonly value: Expression;
      readonly pattern: Pick<RegExp, 'test'>;
      readonly isNegated: boolean;
    };

/** A member of a set: one value, or a range with closed or open ends. */
export type SetItem =
  | { readonly kind: 'value'; readonly value: Expression }
  | {
      readonly kind: 'range';
      readonly low: Expression | undefined;
      readonly high: Expression | undefined;
      readonly isLowOpen: boolean;
      readonly isHighOpen: boolean;
      /** low:high, as integers: its end depends on the style. */
      readonly isDiscrete?: boolean;
      readonly step?: Expression | undefined;
    };

/** How elements are counted: CASA's way (from 1, ends included, fastest axis first), or Python's. */
export interface QueryStyle {
  readonly origin: 0 | 1;
  readonly isEndExcluded: boolean;
  readonly isSlowestFirst: boolean;
}

export interface SelectItem {
  readonly expression: Expression;
  readonly name: string | undefined;
}

export interface SortKey {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

/** Rows from, to (not included) and step; negative ones count from the end. */
export interface RowLimit {
  readonly start: number;
  readonly end: number | undefined;
  readonly step: number;
}

/** A table by its path, or what a query gives. */
export type Origin = string | Statement;

/** A statement of the table query language. */
export interface Statement {
  readonly kind: 'select' | 'update' | 'delete' | 'count' | 'calc';
  readonly style: QueryStyle;
  readonly from: Origin | undefined;
  /** Empty: all columns. */
  readonly items: readonly SelectItem[];
  readonly isDistinct: boolean;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
  readonly orderBy: readonly SortKey[];
  readonly isOrderDistinct: boolean;
  readonly limit: RowLimit | undefined;
  /** A table to write, or the values of a set. */
  readonly giving: { readonly path: string; readonly isPlain: boolean } | readonly SetItem[] | undefined;
  readonly assignments: readonly {
    readonly column: string;
    readonly indices: readonly SetItem[];
    readonly value: Expression;
  }[];
}

export const CASA_STYLE: QueryStyle = { origin: 1, isEndExcluded: false, isSlowestFirst: false };
