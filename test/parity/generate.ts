/** Random scripts from a seed. They keep away from what `differences.ts` names. */
import { randomFrom } from '../support/random.js';
import type { Target } from './interpret.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const NO_DESCRIPTOR = ['-1', '"string"', '{}', 'text', 'none'];
const TIMEOUTS = ['0', '0', '0', '0', '0', '-1', '-0.5', '0.0005', '0.002', 'nan', '"soon"'];

class Generator {
  readonly #random: () => number;
  readonly #target: Target;
  readonly lines: string[] = [];
  /** Which open file each name stands for. */
  readonly #files = new Map<string, number>();
  /** By name, the word under which it was registered on a selector. */
  readonly #registered = new Map<string, string>();
  #lastFile = 0;

  constructor(seed: number, target: Target) {
    this.#random = randomFrom(seed);
    this.#target = target;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  #often(share: number): boolean {
    return this.#random() < share;
  }

  #word(): string {
    if (this.#often(0.03)) return this.#pick(NO_DESCRIPTOR);
    return this.#pick(['', '', '@', '@@']) + this.#pick(NAMES);
  }

  #list(): string {
    const words = Array.from({ length: Math.floor(this.#random() * 5) }, () => this.#word());
    return words.join(',') || '-';
  }

  #bits(): string {
    const bits =
      this.#target === 'poll' ? ['IN', 'OUT', 'PRI', 'RDHUP'] : ['IN', 'OUT', 'RDHUP', 'ET', 'ONESHOT'];
    const some = bits.filter(() => this.#often(0.5));
    return some.join('|') || '0';
  }

  #events(): string {
    return this.#pick(['READ', 'WRITE', 'READ|WRITE']);
  }

  #data(): string {
    return this.#pick(['', '', ' "one"', ' "two"', ' 3', ' none']);
  }

  /** difference `ghosts`: an epoll selector whose registered descriptor goes while a duplicate stays. */
  #haunts(name: string): boolean {
    if (this.#target !== 'Epoll' || !this.#registered.has(name)) return false;
    const file = this.#files.get(name);
    return [...this.#files].some(([other, its]) => other !== name && its === file);
  }

  #open(): void {
    const free = NAMES.filter((name) => !this.#files.has(name));
    const [one, two] = [this.#pick(free), this.#pick(free)];
    if (one === undefined || two === undefined || one === two) return;
    this.lines.push(`${this.#pick(['pair', 'pair', 'pipe'])} ${one} ${two}`);
    this.#files.set(one, ++this.#lastFile);
    this.#files.set(two, ++this.#lastFile);
  }

  #openFile(): void {
    const name = this.#pick(NAMES);
    if (this.#files.has(name)) return;
    this.lines.push(`${this.#pick(['file', 'null'])} ${name}`);
    this.#files.set(name, ++this.#lastFile);
  }

  #closeOne(): void {
    const name = this.#pick(NAMES);
    if (this.#haunts(name)) return;
    this.lines.push(`closefd ${name}`);
    this.#files.delete(name);
  }

  #duplicate(): void {
    const [from, to] = [this.#pick(NAMES), this.#pick(NAMES)];
    const file = this.#files.get(from);
    if (from === to || this.#haunts(to)) return;
    this.lines.push(`dup2 ${from} ${to}`);
    if (file !== undefined) this.#files.set(to, file);
  }

  #move(): void {
    const name = this.#pick(NAMES);
    const operation = this.#pick(['write', 'write', 'read', 'read', 'fill', 'shutdown']);
    this.lines.push(
      operation === 'write' ? `write ${name} ${this.#pick([1, 5, 1000])}` : `${operation} ${name}`,
    );
  }

  #register(): void {
    const word = this.#word();
    const events = this.#often(0.05) ? this.#pick(['0', '8', '999999', '-1']) : this.#events();
    this.lines.push(`register ${word} ${events}${this.#data()}`);
    const name = word.replace(/^@+/, '');
    if (/^[A-Z]/.test(events) && NAMES.includes(name) && !this.#registered.has(name)) {
      this.#registered.set(name, word);
    }
  }

  #unregister(): void {
    const word = this.#word();
    this.lines.push(`unregister ${word}`);
    this.#registered.delete(word.replace(/^@+/, ''));
  }

  #modify(): void {
    let word = this.#word();
    const name = word.replace(/^@+/, '');
    // difference `modify-keeps-the-object`
    if (this.#target === 'Select') word = this.#registered.get(name) ?? word;
    this.lines.push(`modify ${word} ${this.#events()}${this.#data()}`);
  }

  #selector(): void {
    const operation = this.#random();
    if (operation < 0.3) this.#register();
    else if (operation < 0.4) this.#unregister();
    else if (operation < 0.55) this.#modify();
    else if (operation < 0.65) this.lines.push(`${this.#pick(['getKey', 'get', 'has'])} ${this.#word()}`);
    // difference `modify-keeps-the-place`
    else if (operation < 0.7 && this.#target !== 'Select') this.lines.push('map');
    else this.lines.push(`select ${this.#pick(TIMEOUTS)}`);
  }

  #poller(): void {
    const operation = this.#random();
    if (operation < 0.05) this.lines.push(`register ${this.#word()}`);
    else if (operation < 0.35) this.lines.push(`register ${this.#word()} ${this.#bits()}`);
    else if (operation < 0.45) this.lines.push(`unregister ${this.#word()}`);
    else if (operation < 0.6) this.lines.push(`modify ${this.#word()} ${this.#bits()}`);
    else this.lines.push(`poll ${this.#pick(['0', '0', '0', '0.002', 'nan', '"soon"'])}`);
  }

  #step(): void {
    const operation = this.#random();
    if (operation < 0.12) this.#open();
    else if (operation < 0.13) this.#openFile();
    else if (operation < 0.18) this.#closeOne();
    else if (operation < 0.21) this.#duplicate();
    else if (operation < 0.36) this.#move();
    else if (this.#target === 'select') {
      this.lines.push(`select ${this.#list()} ${this.#list()} ${this.#list()} ${this.#pick(TIMEOUTS)}`);
    } else if (this.#target === 'poll' || this.#target === 'epoll') this.#poller();
    else this.#selector();
  }

  generate(length: number): string[] {
    while (this.lines.length < length) this.#step();
    return this.lines;
  }
}

/** A script of `length` operations for a target, the same for the same seed. */
export function generate(seed: number, target: Target, length: number): string[] {
  return new Generator(seed, target).generate(length);
}
