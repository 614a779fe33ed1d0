/** One line that says how far the benchmark is. */

const WIDTH = 24;

/** Seconds as a person says them: `3:05`. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${`${whole % 60}`.padStart(2, '0')}`;
}

/** The bar, how much is done and how long the rest takes at the pace so far. */
export function progressLine(done: number, total: number, elapsed: number, what: string): string {
  const filled = Math.floor((done / total) * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left = done === 0 ? '' : `, ${clock((elapsed / done) * (total - done))} left`;
  return `${bar} ${done}/${total}${left}  ${what}`;
}

/** On a terminal a line that is drawn over; elsewhere a line for each tenth of the way. */
export class Progress {
  readonly #total: number;
  readonly #stream = process.stderr;
  readonly #began = performance.now();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Says what is run now. */
  begin(what: string): void {
    if (this.#stream.isTTY) this.#draw(what);
  }

  /** One more is done. */
  step(): void {
    const tenth = Math.floor((this.#done * 10) / this.#total);
    this.#done++;
    if (this.#stream.isTTY) return;
    if (Math.floor((this.#done * 10) / this.#total) > tenth) this.#stream.write(`${this.#line('')}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  #line(what: string): string {
    return progressLine(this.#done, this.#total, (performance.now() - this.#began) / 1e3, what);
  }

  #draw(what: string): void {
    this.#stream.write(`\r\x1b[K${this.#line(what).slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}
