/** One line that says how far the benchmark is, and what runs now. */
import type { Position } from './schedule.js';

const WIDTH = 8;
/** Of a terminal that does not say, and of a file. */
const COLUMNS = 80;

/** Seconds as a person says them: `3:05`. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${`${whole % 60}`.padStart(2, '0')}`;
}

/** The bar, the share that is done, the time left and what runs, in one line of a terminal. */
export function progressLine({ done, leftMs }: Position, what: string, columns = COLUMNS): string {
  const filled = Math.floor(done * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const percent = `${Math.floor(done * 100)}`.padStart(3);
  const line = `${bar} ${percent} %  ${clock(leftMs / 1e3)} left  ${what}`;
  return line.length < columns ? line : `${line.slice(0, columns - 2)}…`;
}

/** On a terminal a line that is drawn over; elsewhere a line for each tenth of the way. */
export class Progress {
  readonly #stream = process.stderr;
  #tenth = -1;

  /** Says what runs now. */
  show(what: string, position: Position): void {
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[K${progressLine(position, what, this.#stream.columns ?? COLUMNS)}`);
      return;
    }
    const tenth = Math.floor(position.done * 10);
    if (tenth > this.#tenth) this.#stream.write(`${progressLine(position, what)}\n`);
    this.#tenth = Math.max(this.#tenth, tenth);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }
}
