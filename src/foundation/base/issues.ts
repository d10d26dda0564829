/** How much an issue matters: an error makes a result unusable, a warning asks for a look, info only tells. */
export type Severity = 'error' | 'warning' | 'info';

/** One finding of a check: shared by MS validation, FITS verification, QA verdicts and delivery checks. */
export interface Issue {
  /** Stable kebab-case identifier, for code. */
  readonly code: string;
  readonly severity: Severity;
  /** What was looked at: a file, table.column, product name… */
  readonly path: string;
  /** One sentence for people. */
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
}

/** The gravest severity in a list, or undefined for an empty one. */
export function worstSeverity(issues: readonly Issue[]): Severity | undefined {
  for (const severity of ['error', 'warning', 'info'] as const) {
    if (issues.some((issue) => issue.severity === severity)) return severity;
  }
  return undefined;
}
