/**
 * Coroutines: two that switch by hand, two that sleep, a producer and a consumer
 *
 * A generator can stop in the middle and continue later. The first part passes control back and forth by hand. In
 * the others, nothing names the next task: a task only says what it waits for, and the next ready task runs.
 *
 * The idea to look for: every `yield*` is a place where others may run, and there are no other such places. The two
 * tasks that sleep, for two seconds and for one, take two seconds together.
 *
 * Order: 71
 */
import { Greenlet, JoinableQueue, joinall, run, sleep, spawn } from 'fd-selectors/coroutines';
import './support/keyboard.js'; // On Ctrl-C, run() stops all tasks and throws a KeyboardInterrupt.
import './support/keyboard.js'; // On Ctrl-C, run() stops all tasks and throws a KeyboardInterrupt.
import { log } from './support/log.js';
import { parseOptions } from './support/options.js';

parseOptions({});

function check(fine: boolean, what: string): void {
  if (!fine) throw new Error(`not so: ${what}`);
}

log('by hand:');
const numbers: number[] = [];
function print(n: number): void {
  numbers.push(n);
  log(`  ${n}`);
}
const test1: Greenlet = new Greenlet(function* () {
  print(12);
  yield* test2.switchTo();
  print(34);
  yield* test2.switchTo();
});
const test2: Greenlet = new Greenlet(function* () {
  print(56);
  yield* test1.switchTo();
  print(78);
});
test1.run();
check(numbers.join() === '12,56,34,78', 'the greenlets switched in that order');

log('\ntwo tasks that sleep:');
const start = performance.now();
const lines: string[] = [];
function* nap(name: string, seconds: number) {
  say(`${name} begins`);
  yield* sleep(seconds);
  say(`${name} ends`);
}
function say(line: string): void {
  lines.push(line);
  log(`  ${line.padEnd(12)} after ${((performance.now() - start) / 1e3).toFixed(1)} s`);
}
run(function* () {
  yield* joinall([spawn(nap, 'foo', 2), spawn(nap, 'bar', 1)]);
});
check(lines.join() === 'foo begins,bar begins,bar ends,foo ends', 'the tasks slept at the same time');

log('\na producer and a consumer, with room for two between them:');
const eaten: number[] = [];
run(function* () {
  const queue = new JoinableQueue<number>(2);
  spawn(function* consume() {
    for (;;) {
      const n = yield* queue.get();
      log(`  eats ${n}`);
      eaten.push(n);
      queue.taskDone();
    }
  });
  for (let n = 1; n <= 6; n++) {
    yield* queue.put(n);
    log(`  made ${n}`);
  }
  yield* queue.join();
});
check(eaten.join() === '1,2,3,4,5,6', 'all was eaten, in order');

log('\nchecked: 4 numbers, 4 lines, 6 items, each in its place');
