/** Values by key, some of which expire; and what is wrong with a command, in Redis's words. */

/** A value, and when it expires, in milliseconds since 1970. */
interface Entry {
  readonly value: string;
  readonly expires: number;
}

/** What a client did wrong. */
export class Failure extends Error {}

/** A whole number of 64 bits. */
export function toInteger(text: string): bigint {
  const number = /^(0|-?[1-9]\d{0,18})$/.test(text) ? BigInt(text) : undefined;
  if (number !== undefined && BigInt.asIntN(64, number) === number) return number;
  throw new Failure('value is not an integer or out of range');
}

/** Milliseconds in the unit of a time, and what the time counts from. */
export type TimeUnit = readonly [milliseconds: bigint, since: 'now' | '1970'];

/** When something expires, in milliseconds since 1970. */
export function expiryOf(text: string, [milliseconds, since]: TimeUnit, command: string): number {
  const time = toInteger(text) * milliseconds + (since === 'now' ? BigInt(Date.now()) : 0n);
  if (BigInt.asIntN(64, time) === time) return Number(time);
  throw new Failure(`invalid expire time in '${command}' command`);
}

/** A map from key to value whose entries can expire: they are no longer found, and soon removed. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  /** The keys that expire one day. */
  readonly #mortal = new Set<string>();
  #round: Iterator<string> = this.#mortal.values();

  get size(): number {
    return this.#entries.size;
  }

  /** Whether anything expires one day. */
  get hasMortals(): boolean {
    return this.#mortal.size > 0;
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expires > Date.now()) return entry;
    this.delete(key);
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: string, expires = Infinity): void {
    this.#entries.set(key, { value, expires });
    if (expires !== Infinity) this.#mortal.add(key);
    else if (this.#mortal.size > 0) this.#mortal.delete(key);
  }

  /** Removes a key; false if there was none. */
  delete(key: string): boolean {
    const isThere = (this.#entries.get(key)?.expires ?? 0) > Date.now();
    this.#mortal.delete(key);
    this.#entries.delete(key);
    return isThere;
  }

  clear(): void {
    this.#entries.clear();
    this.#mortal.clear();
  }

  /** Looks at so many of the keys that expire, in turn, and removes those whose time is over. */
  bury(most: number): void {
    for (let i = 0; i < Math.min(most, this.#mortal.size); i++) {
      const { value: key, done } = this.#round.next();
      if (done) this.#round = this.#mortal.values();
      else this.get(key);
    }
  }
}
