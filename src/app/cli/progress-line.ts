import { NOTE_SEPARATOR } from '../tasks/index.ts';

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Seconds between two lines where lines cannot be overwritten. */
const QUIET_SECONDS = 10;
const BAR_WIDTH = 20;

/** Shows how far named steps are: one line that changes on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  private readonly stream: ProgressStream;
  private readonly now: () => number;
  private step = '';
  private stepStart = 0;
  private lastShown = Number.NEGATIVE_INFINITY;
  private readonly shownTitles = new Set<string>();
  private isOpen = false;

  /** @param now seconds */
  constructor(stream: ProgressStream, now: () => number = () => performance.now() / 1000) {
    this.stream = stream;
    this.now = now;
  }

  /** @param fraction 0…1 of the step */
  update(step: string, fraction: number, note = ''): void {
    const time = this.now();
    if (step !== this.step) {
      this.finish();
      this.step = step;
      this.stepStart = time;
      this.lastShown = Number.NEGATIVE_INFINITY;
      this.shownTitles.clear();
    }
    if (this.stream.isTTY) this.draw(fraction, note, time);
    else this.print(fraction, note, time);
  }

  /** Ends the line of the present step. */
  finish(): void {
    if (this.isOpen) this.stream.write('\n');
    this.isOpen = false;
    this.step = '';
  }

  /** A message of its own, above the changing line. */
  say(text: string): void {
    if (this.isOpen) this.stream.write('\r\x1b[2K');
    this.stream.write(`${text}\n`);
    this.isOpen = false;
  }

  private draw(fraction: number, note: string, time: number): void {
    const filled = Math.round(fraction * BAR_WIDTH);
    const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
    const line = `[${bar}] ${percent(fraction)}  ${this.step}${note ? `: ${note}` : ''}${this.leftText(fraction, time)}`;
    this.stream.write(`\r\x1b[2K${line.slice(0, (this.stream.columns ?? 100) - 1)}`);
    this.isOpen = true;
  }

  /** A line for every new title, for the end, and otherwise one every ten seconds. */
  private print(fraction: number, note: string, time: number): void {
    const [title] = note.split(NOTE_SEPARATOR);
    const isEnd = fraction >= 1;
    if (isEnd && this.shownTitles.size === 0) return;
    const key = isEnd ? 'the end' : title;
    if (this.shownTitles.has(key) && (isEnd || time - this.lastShown < QUIET_SECONDS)) return;
    this.shownTitles.add(key);
    this.lastShown = time;
    const words = isEnd || note === '' ? '' : `: ${note}`;
    this.stream.write(`${percent(fraction)}  ${this.step}${words}${this.leftText(fraction, time)}\n`);
  }

  private leftText(fraction: number, time: number): string {
    const spent = time - this.stepStart;
    if (fraction >= 1) return ` (${durationText(spent)})`;
    if (fraction < 0.03 || spent < 3) return '';
    return ` (${durationText((spent * (1 - fraction)) / fraction)} left)`;
  }
}

function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)
    .toString()
    .padStart(3)} %`;
}

/** 4 s, 3 min 20 s, 2 h 5 min */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
