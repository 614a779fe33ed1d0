// What does not hold in Bun or Deno, and why: nothing here is the package's to fix.

const NO_UTILIZATION = 'performance.eventLoopUtilization is missing';
const NO_FLAGS = 'there is no gc() by a flag of V8';
const BEFORE_EXIT = 'a top-level await that nothing ends: no beforeExit';
const ANY_BUFFER = "its Node-API takes an ArrayBuffer for a view of one: it is read, where Node's refuses it";
const EVAL_WORKER = 'a worker with { eval: true } is not a module';
const UNHANDLED = 'a rejection that nobody handles does not reach uncaughtException';
const KILLED = 'after kill() a child counts as killed, whatever it does then, and is not killed again';
const ONCE =
  'it installs its handler of a signal once: a listener added later does not take the signal from ours';
const FOREIGN = 'its node:fs and node:net refuse descriptors that they did not open';

/** Each: the runtime, a part of `FILE > NAME OF THE TEST`, the reason. */
const KNOWN = [
  [
    'bun',
    'a deadlock > is an error in the main task',
    'its transpiler drops the name that a variable gives a generator',
  ],
  ['bun', 'is found under runAsync() when the event loop is empty', BEFORE_EXIT],
  ['bun', 'runAsync kills what a finally block started and waits for', BEFORE_EXIT],
  ['bun', 'refuses what it cannot take', ANY_BUFFER],
  ['bun', 'lookupAnswer takes its arguments', ANY_BUFFER],
  ['bun', 'data that is no bytes', ANY_BUFFER],
  ['bun', 'test/native/address.test.ts > native address calls', ANY_BUFFER],
  ['bun', 'test/native/descriptor.test.ts > descriptors', ANY_BUFFER],
  ['bun', 'inotifyAddWatch takes its arguments', ANY_BUFFER],
  ['bun', 'test/native/socket.test.ts > native socket calls', ANY_BUFFER],
  [
    'bun',
    'TimerFd > expires at a time of its clock',
    'process.hrtime() is not the monotonic clock of the kernel',
  ],
  ['bun', 'a terminal > is readable when something was typed', 'its process.stdin reads ahead'],
  [
    'bun',
    'the addon can be loaded again and again, also for vm contexts',
    'no process.dlopen() in a vm context',
  ],
  ['bun', 'the garbage collector closes no descriptor', NO_FLAGS],
  ['bun', 'a ghost in the loop set neither spins', NO_UTILIZATION],
  ['bun', 'does not spin: neither data', NO_UTILIZATION],
  ['bun', 'test/native/uring.test.ts > the memory of a ring', NO_FLAGS],
  ['bun', 'test/native/uring.test.ts > descriptors in completions', NO_FLAGS],
  ['bun', 'test/native/uring.test.ts > descriptors that a ring is to close', NO_FLAGS],
  ['bun', 'closed rings are unmapped all the same', NO_FLAGS],
  ['bun', 'goes on after its consumer threw', UNHANDLED],
  ['bun', 'a worker that ends with an operation under way', NO_FLAGS],
  ['deno', 'is found under runAsync() when the event loop is empty', BEFORE_EXIT],
  [
    'deno',
    'TimerFd > expires at a time of its clock',
    'process.hrtime() is not the monotonic clock of the kernel',
  ],
  ['deno', 'test/coroutines/stress.test.ts > runAsync', 'it opens descriptors of its own meanwhile'],
  ['deno', 'test/fds/pidfd.test.ts', 'it waits for each child, and ends where another has reaped one'],
  ['deno', 'loses its signal to a listener added later', ONCE],
  ['deno', 'test/fds/signals.test.ts > signals > ends at 256 objects', `that test leaves one open: ${ONCE}`],
  ['deno', 'test/fds/signalprocess.test.ts > SIGINT', KILLED],
  ['deno', 'a terminal > is watched as process.stdin', 'script(1) does not end under its child_process'],
  ['deno', 'test/parity/parity.test.ts', 'it closes again what node:fs opened and another closed'],
  ['deno', 'test/native/uring.test.ts > descriptors in completions', EVAL_WORKER],
  ['deno', 'test/lifetime/workers.test.ts', EVAL_WORKER],
  ['deno', 'test/lifetime/ownership.test.ts', EVAL_WORKER],
  ['deno', 'test/fds/signalprocess.test.ts > worker threads', EVAL_WORKER],
  ['deno', 'test/native/owned.test.ts > the end of a worker', EVAL_WORKER],
  ['deno', 'a worker that ends with an operation under way', EVAL_WORKER],
  ['deno', 'ends with its worker: those that were terminated', EVAL_WORKER],
  ['deno', 'refuses what it cannot take', FOREIGN],
  ['deno', 'take the FileHandle of Node', FOREIGN],
  ['deno', 'descriptors > say so when another closed them', FOREIGN],
  ['deno', 'descriptors that travel > are open', FOREIGN],
  ['deno', 'falls back for a file that sendfile(2) refuses', FOREIGN],
  ['deno', 'accepts any number of connections', FOREIGN],
  ['deno', 'sends a message with control messages', FOREIGN],
  ['deno', 'opens a file in a directory', FOREIGN],
  ['deno', 'test/loop/backend.test.ts > FD_SELECTORS_LOOP', 'Node alone reads the variable'],
  ['bun', 'test/loop/backend.test.ts > FD_SELECTORS_LOOP', 'Node alone reads the variable'],
  ['deno', 'goes on with another set where somebody closed its own', FOREIGN],
  ['deno', 'counts real-time signals', 'process.kill() knows no real-time signals'],
  ['deno', 'a ghost in the loop set neither spins', NO_UTILIZATION],
  ['deno', 'does not spin: neither data', NO_UTILIZATION],
];

/** Returns the reason why a test may fail. */
export function reasonFor(runtime, name) {
  return KNOWN.find(([where, part]) => where === runtime && name.includes(part))?.[2];
}
