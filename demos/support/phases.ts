/** The timeline of a model: for each client, the phases of its read; for the thread, what it did. */
import { line } from './progress.js';

const COLUMNS = 60;

/** How a phase is drawn; a later one is drawn over an earlier one. */
export const MARKS = { wait: '░', ready: '▒', copy: '█', blocked: '■', asking: '~' } as const;

/** A stretch of time, in milliseconds since the clients were told to start. */
export interface Phase {
  readonly mark: keyof typeof MARKS;
  readonly start: number;
  end: number;
}

/** What stands at the top of a timeline. */
export function legend(slowest: number): void {
  const { wait, ready, copy, blocked, asking } = MARKS;
  line(
    `${wait} waiting for data   ${ready} the data is there and nobody reads it   ${copy} copying it to the program`,
  );
  line(
    `${blocked} the thread is blocked in a system call   ${asking} it asks in vain   (blank: it is free)\n`,
  );
  line(`${' '.repeat(12)}0${`${Math.round(slowest)} ms`.padStart(COLUMNS)}`);
}

/** Draws phases from time 0 to `total`; what is over is blank. */
export function draw(phases: readonly Phase[], total: number): string {
  const column = (time: number): number =>
    Math.min(COLUMNS - 1, Math.max(0, Math.floor((time / total) * COLUMNS)));
  const cells = new Array<string>(COLUMNS).fill(' ');
  for (const { mark, start, end } of phases) cells.fill(MARKS[mark], column(start), column(end) + 1);
  return cells.join('');
}

/** Prints one row, and what there is to say of it. */
export function row(name: string, phases: readonly Phase[], total: number, remark: string): void {
  line(`${name.padEnd(10)} |${draw(phases, total)}| ${remark}`);
}
