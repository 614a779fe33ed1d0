/** What tasks did and when, as it was measured and as a picture. */
import { line } from './progress.js';

/** Seconds since the process started; the same clock in every thread. */
export function now(): number {
  return (performance.timeOrigin + performance.now()) / 1e3;
}

/** One stretch of time in which a task did one thing. */
export interface Segment {
  readonly task: string;
  readonly kind: 'work' | 'wait';
  readonly start: number;
  readonly end: number;
}

const MARKS = { work: '█', wait: '░' } as const;
const COLUMNS = 60;

/** Notes what one task does. */
export class Track {
  readonly #task: string;
  readonly #segments: Segment[] = [];
  #kind: Segment['kind'] | undefined;
  #start = 0;

  constructor(task: string) {
    this.#task = task;
  }

  /** From now on the task does this. */
  begin(kind: Segment['kind']): void {
    this.end();
    this.#kind = kind;
    this.#start = now();
  }

  /** The task has finished what it did; returns all that it did. */
  end(): Segment[] {
    if (this.#kind !== undefined) {
      this.#segments.push({ task: this.#task, kind: this.#kind, start: this.#start, end: now() });
    }
    this.#kind = undefined;
    return this.#segments;
  }
}

/** How many of the segments of a kind were under way at the same time, at most. */
export function mostAtOnce(segments: readonly Segment[], kind: Segment['kind']): number {
  const chosen = segments.filter((segment) => segment.kind === kind);
  const at = (time: number): number => chosen.filter(({ start, end }) => start <= time && time < end).length;
  return Math.max(0, ...chosen.map(({ start }) => at(start)));
}

/** Prints the picture of one way to run the tasks, and what it took. */
export function report(title: string, threads: string, segments: readonly Segment[]): void {
  const start = Math.min(...segments.map((segment) => segment.start));
  const end = Math.max(...segments.map((segment) => segment.end));
  const working = segments.filter(({ kind }) => kind === 'work');
  const worked = working.reduce((sum, segment) => sum + segment.end - segment.start, 0);
  const total = end - start;
  line(`${title}: ${Math.round(total * 1e3)} ms, ${threads}`);
  for (const task of new Set(segments.map((segment) => segment.task))) {
    line(
      `  ${task} |${bar(
        segments.filter((segment) => segment.task === task),
        start,
        total,
      )}|`,
    );
  }
  const waiting = mostAtOnce(segments, 'wait');
  line(
    `  worked ${Math.round(worked * 1e3)} ms; at most ${mostAtOnce(segments, 'work')} at work and ${waiting} waiting at once\n`,
  );
}

function bar(segments: readonly Segment[], start: number, total: number): string {
  const column = (time: number): number => Math.floor(((time - start) / total) * COLUMNS);
  const cells = new Array<string>(COLUMNS).fill(' ');
  // Work is drawn last: a moment of it is seen in a long wait.
  for (const kind of ['wait', 'work'] as const) {
    for (const segment of segments.filter((one) => one.kind === kind)) {
      const from = Math.min(column(segment.start), COLUMNS - 1);
      cells.fill(MARKS[kind], from, Math.max(from + 1, column(segment.end)));
    }
  }
  return cells.join('');
}
