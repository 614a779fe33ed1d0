/**
 * Server: a key-value store that speaks Redis's protocol, for `redis-cli` and `redis-benchmark`
 *
 * The whole store is a `Map`, and the whole server is one thread. Commands arrive one by one or many at a time
 * (a pipeline), in the form that programs use or as a line that a person types. All answers to commands that arrived
 * together leave together.
 *
 * The idea to look for: a server that never waits needs no locks. A command runs from beginning to end
 * before the next begins, so INCR is atomic by itself. A client that sends without reading is not
 * read while we owe it answers: it fills its own buffers, never our memory.
 *
 * Order: 53
 */
import { EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { createServer, IPPROTO_TCP, type Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { Inbox } from './support/inbox.js';
import { type Machine, Machines } from './support/machines.js';
import { Outbox } from './support/outbox.js';
import {
  array,
  bulk,
  CommandReader,
  failure,
  integer,
  NIL,
  OK,
  ProtocolError,
  type Reply,
} from './support/resp.js';
import { host, logListening, port } from './support/server.js';
import { expiryOf, Failure, Store, type TimeUnit, toInteger } from './support/store.js';

/** Bytes of answers after which the next command has to wait until they are sent. */
const MOST_OWED = 256 * 1024;

const store = new Store();

const SECONDS: TimeUnit = [1000n, 'now'];
const MILLISECONDS: TimeUnit = [1n, 'now'];
const TIMES: ReadonlyMap<string, TimeUnit> = new Map([
  ['EX', SECONDS],
  ['PX', MILLISECONDS],
  ['EXAT', [1000n, '1970'] as const],
  ['PXAT', [1n, '1970'] as const],
]);
const FLAGS = ['NX', 'XX', 'GET', 'KEEPTTL'];

function set([, key = '', value = '', ...options]: readonly string[]): Reply {
  const flags = new Set<string>();
  let time: [text: string, unit: TimeUnit] | undefined;
  for (let i = 0; i < options.length; i++) {
    const option = (options[i] as string).toUpperCase();
    const unit = TIMES.get(option);
    if (FLAGS.includes(option)) flags.add(option);
    else if (unit === undefined || time !== undefined || ++i === options.length)
      throw new Failure('syntax error');
    else time = [options[i] as string, unit];
  }
  const contradict = flags.has('KEEPTTL') ? time !== undefined : flags.has('NX') && flags.has('XX');
  if (contradict) throw new Failure('syntax error');
  const expires = time && positiveExpiryOf(...time);
  const before = store.get(key);
  const isRefused = flags.has(before === undefined ? 'XX' : 'NX');
  if (!isRefused) store.set(key, value, flags.has('KEEPTTL') ? before?.expires : expires);
  if (flags.has('GET')) return bulk(before?.value);
  return isRefused ? NIL : OK;
}

function positiveExpiryOf(text: string, unit: TimeUnit): number {
  const expires = expiryOf(text, unit, 'set');
  if (toInteger(text) > 0n) return expires;
  throw new Failure("invalid expire time in 'set' command");
}

function add(key: string, amount: bigint): Reply {
  const entry = store.get(key);
  const sum = toInteger(entry?.value ?? '0') + amount;
  if (BigInt.asIntN(64, sum) !== sum) throw new Failure('increment or decrement would overflow');
  store.set(key, String(sum), entry?.expires);
  return integer(sum);
}

function expire(key: string, text: string, unit: TimeUnit, command: string): Reply {
  const expires = expiryOf(text, unit, command);
  const entry = store.get(key);
  if (entry === undefined) return integer(0);
  store.set(key, entry.value, expires);
  store.get(key); // Which removes it if that time is past.
  return integer(1);
}

/** How long a key has to live. */
function timeToLive(key: string, milliseconds: number): Reply {
  const entry = store.get(key);
  if (entry === undefined) return integer(-2);
  if (entry.expires === Infinity) return integer(-1);
  return integer(Math.round((entry.expires - Date.now()) / milliseconds));
}

function persist(key: string): Reply {
  const entry = store.get(key);
  if (entry === undefined || entry.expires === Infinity) return integer(0);
  store.set(key, entry.value);
  return integer(1);
}

function append(key: string, more: string): Reply {
  const entry = store.get(key);
  const value = (entry?.value ?? '') + more;
  store.set(key, value, entry?.expires);
  return integer(value.length);
}

function ping([, text, ...others]: readonly string[]): Reply {
  if (others.length > 0) throw wrongNumber('ping');
  return text === undefined ? '+PONG\r\n' : bulk(text);
}

function setAll(pairs: readonly string[]): Reply {
  if (pairs.length % 2 === 1) throw wrongNumber('mset');
  for (let i = 0; i < pairs.length; i += 2) store.set(pairs[i] as string, pairs[i + 1] as string);
  return OK;
}

function clear(): Reply {
  store.clear();
  return OK;
}

/** How many words a command has, its name included; at least so many where that is negative. */
type Command = readonly [arity: number, run: (words: readonly string[]) => Reply];

/** By name. The words of a command begin with its name. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['PING', [-1, ping]],
  ['ECHO', [2, ([, text]) => bulk(text)]],
  ['SET', [-3, set]],
  ['GET', [2, ([, key = '']) => bulk(store.get(key)?.value)]],
  ['DEL', [-2, ([, ...keys]) => integer(keys.filter((key) => store.delete(key)).length)]],
  ['EXISTS', [-2, ([, ...keys]) => integer(keys.filter((key) => store.has(key)).length)]],
  ['INCR', [2, ([, key = '']) => add(key, 1n)]],
  ['DECR', [2, ([, key = '']) => add(key, -1n)]],
  ['INCRBY', [3, ([, key = '', amount = '']) => add(key, toInteger(amount))]],
  ['DECRBY', [3, ([, key = '', amount = '']) => add(key, -toInteger(amount))]],
  ['EXPIRE', [3, ([, key = '', text = '']) => expire(key, text, SECONDS, 'expire')]],
  ['PEXPIRE', [3, ([, key = '', text = '']) => expire(key, text, MILLISECONDS, 'pexpire')]],
  ['TTL', [2, ([, key = '']) => timeToLive(key, 1000)]],
  ['PTTL', [2, ([, key = '']) => timeToLive(key, 1)]],
  ['PERSIST', [2, ([, key = '']) => persist(key)]],
  ['MGET', [-2, ([, ...keys]) => array(keys.map((key) => bulk(store.get(key)?.value)))]],
  ['MSET', [-3, ([, ...pairs]) => setAll(pairs)]],
  ['APPEND', [3, ([, key = '', more = '']) => append(key, more)]],
  ['STRLEN', [2, ([, key = '']) => integer(store.get(key)?.value.length ?? 0)]],
  ['TYPE', [2, ([, key = '']) => (store.has(key) ? '+string\r\n' : '+none\r\n')]],
  ['DBSIZE', [1, () => integer(store.size)]],
  ['FLUSHDB', [-1, clear]],
  ['FLUSHALL', [-1, clear]],
  ['SELECT', [2, ([, index]) => (index === '0' ? OK : failure('ERR DB index is out of range'))]],
  // What redis-cli and redis-benchmark ask before they begin.
  ['COMMAND', [-1, () => array([])]],
  ['CONFIG', [-2, ([, , name = '']) => array([bulk(name), bulk('')])]],
]);

function wrongNumber(name: string): Failure {
  return new Failure(`wrong number of arguments for '${name.toLowerCase()}' command`);
}

function run(words: readonly string[]): Reply {
  const [name = '', ...rest] = words;
  const [arity, command] = COMMANDS.get(name) ?? COMMANDS.get(name.toUpperCase()) ?? [];
  if (arity === undefined || command === undefined) {
    const shown = rest.map((word) => `'${word.slice(0, 128)}' `).join('');
    return failure(`ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`);
  }
  if (arity < 0 ? words.length < -arity : words.length !== arity) {
    return failure(`ERR ${wrongNumber(name).message}`);
  }
  try {
    return command(words);
  } catch (error) {
    if (error instanceof Failure) return failure(`ERR ${error.message}`);
    throw error;
  }
}

/** A client, and what it has sent and is owed. */
class Client implements Machine {
  readonly socket: Socket;
  readonly #input = new Inbox();
  readonly #commands = new CommandReader(this.#input);
  readonly #owed = new Outbox();
  #hasEnded = false;
  #isLast = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  }

  turn(events: number): number | undefined {
    if ((events & EVENT_READ) !== 0 && this.#input.receive(this.socket) === 0) this.#hasEnded = true;
    const next = this.#progress();
    this.#input.keep();
    return next;
  }

  /** Answers, and sends, and so on, until it has to wait. */
  #progress(): number | undefined {
    for (;;) {
      const hasMore = this.#answerSome();
      if (!this.#owed.flush(this.socket)) return EVENT_WRITE;
      if (this.#isLast) return undefined;
      if (!hasMore) return this.#hasEnded ? undefined : EVENT_READ;
    }
  }

  /** Answers what has arrived, as long as it does not owe too much; false when no command is left. */
  #answerSome(): boolean {
    try {
      while (this.#owed.size < MOST_OWED && !this.#isLast) {
        const words = this.#commands.next();
        if (words === undefined) return false;
        this.#isLast = words[0]?.toUpperCase() === 'QUIT';
        this.#reply(this.#isLast ? OK : run(words));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#isLast = true;
      this.#reply(failure(`ERR Protocol error: ${error.message}`));
    }
    return true;
  }

  #reply(reply: Reply): void {
    if (typeof reply === 'string') this.#owed.text(reply);
    else for (const one of reply) this.#reply(one);
  }
}

const server = createServer([host, port], { backlog: 1024 });
const machines = new Machines(server, (socket) => new Client(socket));
logListening(server.getsockname(), 'storing values by key, in the protocol of Redis');

while (true) {
  // Ten times a second, if anything expires, or waits for a descriptor to be free.
  for (const [key, events] of machines.sel.select(store.hasMortals ? 0.1 : 1)) key.data(events);
  store.bury(20);
  machines.reopen();
}
