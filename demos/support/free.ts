/** A number of places, for which one may have to wait. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits until a place is free, and takes it. */
  async take(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free--;
  }

  give(): void {
    this.#free++;
    this.#waiting.shift()?.();
  }
}
