/**
 * Tasks that do random things to shared objects while they are killed and timed out at random. What must hold is
 * noted as it happens, and checked at the end of each round.
 */
import {
  Channel,
  type Coroutine,
  Event,
  Queue,
  RLock,
  Semaphore,
  Stream,
  sleep,
  socketpair,
  spawn,
  type Task,
  Timeout,
} from 'fd-selectors/coroutines';
import { randomFrom } from '../support/random.js';

/** Numbered items on their way from one side to the other. */
class Ledger {
  readonly name: string;
  #last = 0;
  readonly done = new Set<number>();
  readonly got: number[] = [];

  constructor(name: string) {
    this.name = name;
  }

  next(): number {
    return ++this.#last;
  }

  /** What is wrong: an item lost, seen twice, or out of order. */
  check(left: readonly number[]): string[] {
    const wrong: string[] = [];
    const seen = [...this.got, ...left];
    for (const [i, n] of seen.entries()) {
      if (i > 0 && n <= (seen[i - 1] as number)) wrong.push(`${this.name}: ${n} came after ${seen[i - 1]}`);
    }
    for (const n of this.done) if (!seen.includes(n)) wrong.push(`${this.name}: ${n} is lost`);
    return wrong;
  }
}

const TASKS = 40;
const STEPS = 25;

class Round {
  readonly #random: () => number;
  readonly #queue: Queue<number>;
  readonly #queued = new Ledger('queue');
  readonly #channel = new Channel<number>();
  readonly #handed = new Ledger('channel');
  readonly #semaphore = new Semaphore(2);
  #holders = 0;
  readonly #rlock = new RLock();
  #owner: object | undefined;
  readonly #event = new Event();
  readonly #ends = socketpair();
  readonly #reader = new Stream(this.#ends[1]);
  readonly #sent = new Ledger('socket');
  readonly #locks = [new Semaphore(), new Semaphore()] as const;
  readonly #wrong: string[] = [];
  #begun = 0;
  #finished = 0;

  constructor(random: () => number) {
    this.#random = random;
    this.#queue = new Queue(1 + Math.floor(random() * 4));
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  /** Runs a round, and returns what is wrong after it. */
  *run(): Coroutine<string[]> {
    const tasks: Task[] = [];
    for (let i = 0; i < TASKS; i++) {
      tasks.push(spawn(() => this.#work()));
      if (this.#random() < 0.3) yield* sleep();
      if (this.#random() < 0.2) this.#pick(tasks).kill();
    }
    while (tasks.some((task) => !task.ready())) {
      yield* sleep(this.#random() < 0.5 ? 0 : 0.0003);
      for (let i = 0; i < 3; i++) this.#pick(tasks).kill();
      if (this.#random() < 0.3) this.#event.set();
      else this.#event.clear();
    }
    for (const task of tasks) {
      if (task.successful() || task.killed) continue;
      this.#wrong.push(`a task failed: ${(task.exception as Error).stack}`);
    }
    yield* this.#check();
    return this.#wrong;
  }

  *#check(): Coroutine {
    if (this.#begun !== this.#finished) this.#wrong.push(`${this.#begun} begun, ${this.#finished} finished`);
    if (this.#holders !== 0 || this.#semaphore.counter !== 2) this.#wrong.push('the semaphore is held');
    if (this.#rlock.locked()) this.#wrong.push('the lock is held');
    const left: number[] = [];
    while (!this.#queue.empty()) left.push(this.#queue.getNowait());
    if (this.#queue.qsize() > 0) this.#wrong.push('an item is promised to nobody');
    this.#wrong.push(...this.#queued.check(left), ...this.#handed.check([]));
    this.#ends[0].close();
    const rest = yield* this.#reader.read();
    const records = Array.from({ length: rest.length / 4 }, (_, i) => rest.readInt32LE(4 * i));
    this.#wrong.push(...this.#sent.check(records));
    this.#reader.close();
  }

  *#work(): Coroutine {
    this.#begun++;
    let ended = false;
    try {
      for (let i = 0; i < STEPS; i++) {
        using _timeout = this.#random() < 0.3 ? Timeout.startNew(this.#random() / 1000) : undefined;
        try {
          yield* this.#step();
        } catch (error) {
          if (
            error instanceof Timeout ||
            (error as Error).name === 'Empty' ||
            (error as Error).name === 'Full'
          )
            continue;
          throw error;
        }
      }
    } finally {
      if (ended) this.#wrong.push('finally ran twice');
      ended = true;
      // A finally block that waits may be killed, too; it still ends.
      try {
        if (this.#random() < 0.3) yield* sleep();
      } finally {
        this.#finished++;
      }
    }
  }

  #step(): Coroutine<unknown> {
    const options = this.#random() < 0.3 ? { timeout: this.#random() / 2000 } : {};
    return this.#pick([
      () => sleep(this.#random() < 0.5 ? 0 : this.#random() / 1000),
      () => this.#put(options),
      () => this.#get(options),
      () => this.#offer(options),
      () => this.#take(options),
      () => this.#hold(),
      () => this.#own(),
      () => this.#event.wait({ timeout: 0.0005 }),
      () => this.#send(),
      () => this.#receive(),
      () => this.#child(),
    ])();
  }

  *#put(options: object): Coroutine {
    const n = this.#queued.next();
    yield* this.#queue.put(n, options);
    this.#queued.done.add(n);
  }

  *#get(options: object): Coroutine {
    this.#queued.got.push(yield* this.#queue.get(options));
  }

  *#offer(options: object): Coroutine {
    const n = this.#handed.next();
    yield* this.#channel.put(n, options);
    this.#handed.done.add(n);
  }

  *#take(options: object): Coroutine {
    this.#handed.got.push(yield* this.#channel.get(options));
  }

  *#hold(): Coroutine {
    using _held = yield* this.#semaphore.hold();
    try {
      if (++this.#holders > 2) this.#wrong.push('the semaphore let in too many');
      yield* sleep();
    } finally {
      this.#holders--;
    }
  }

  *#own(): Coroutine {
    using _outer = yield* this.#rlock.hold();
    using _inner = yield* this.#rlock.hold();
    const me = {};
    if (this.#owner !== undefined) this.#wrong.push('two tasks have the lock');
    this.#owner = me;
    try {
      yield* sleep();
    } finally {
      this.#owner = undefined;
    }
  }

  *#send(): Coroutine {
    using _turn = yield* this.#locks[0].hold();
    const n = this.#sent.next();
    const record = Buffer.alloc(4);
    record.writeInt32LE(n);
    yield* this.#ends[0].sendall(record);
    this.#sent.done.add(n);
  }

  *#receive(): Coroutine {
    using _turn = yield* this.#locks[1].hold();
    this.#sent.got.push((yield* this.#reader.readexactly(4)).readInt32LE());
  }

  /** A task of a task, which is waited for, or killed. */
  *#child(): Coroutine {
    const child = spawn(() => sleep(this.#random() / 2000));
    if (this.#random() < 0.5) child.kill();
    yield* child.join();
  }
}

/** Runs rounds until it is enough; returns how many, and what was wrong in the last one. */
export function* stress(
  seed: number,
  isEnough: (rounds: number) => boolean,
): Coroutine<{ rounds: number; wrong: string[] }> {
  const random = randomFrom(seed);
  let rounds = 0;
  let wrong: string[] = [];
  while (!isEnough(rounds) && wrong.length === 0) {
    wrong = yield* new Round(random).run();
    rounds++;
  }
  return { rounds, wrong };
}
