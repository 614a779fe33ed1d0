/** The thread that waits where there is no libuv, while its epoll_wait fails: a wait rejects, and none is forgotten. */
import { EpollSelector, EVENT_READ, ready } from 'fd-selectors';
import { Waker } from 'fd-selectors/fds';
import { fail, openFds, type Totals } from './engine.js';
import { errnoOf, shim } from './shim.js';

/** Seconds that nothing may take. */
const PATIENCE = 60;
const ERRNOS = ['EBADF', 'EINVAL', 'ENOMEM', 'EPERM'];

async function codeOf(wait: Promise<unknown>): Promise<string> {
  const expired = new Promise<string>((resolve) => {
    setTimeout(resolve, PATIENCE * 1000, 'nothing').unref();
  });
  const settled = wait.then(
    () => 'found',
    ({ code, syscall }) => `${code} ${syscall}`,
  );
  return Promise.race([settled, expired]);
}

function expectCodes(found: readonly string[], wanted: string): void {
  if (found.some((code) => code !== wanted)) throw new Error(`waits end with ${found}, not ${wanted}`);
}

/** Every call fails: two waits reject; so do the next ones, in which no thread takes the place of another forever. */
async function refuse(sel: EpollSelector, waker: Waker, errno: string): Promise<void> {
  shim.armOthers('epoll_wait', 1, 1e9, errnoOf(errno));
  for (let round = 1; round <= 3; round++) {
    const waits = [sel.selectAsync(), ready(waker, EVENT_READ)];
    expectCodes(await Promise.all(waits.map(codeOf)), `${errno} epoll_wait`);
    const struck = shim.disarm();
    if (struck !== 1) throw new Error(`${struck} threads were started in round ${round}`);
    shim.armOthers('epoll_wait', 1, 1e9, errnoOf(errno));
  }
  shim.disarm();
}

/** The first report arrives, and nothing after it: the next wait rejects, whether the thread has failed by then or not. */
async function failLater(sel: EpollSelector, waker: Waker, errno: string): Promise<void> {
  shim.armOthers('epoll_wait', 2, 1e9, errnoOf(errno));
  const first = codeOf(sel.selectAsync());
  waker.wake();
  expectCodes([await first], 'found');
  waker.clear();
  expectCodes([await codeOf(sel.selectAsync())], `${errno} epoll_wait`);
  shim.disarm();
}

async function expectAwaited(sel: EpollSelector, waker: Waker): Promise<void> {
  const wait = codeOf(sel.selectAsync());
  waker.wake();
  expectCodes([await wait], 'found');
  waker.clear();
}

/** The descriptors of a thread that has ended are closed soon. */
async function expectOpen(most: number): Promise<void> {
  const end = performance.now() + PATIENCE * 1000;
  while (openFds() > most) {
    if (performance.now() > end) throw new Error(`${openFds() - most} descriptors are left over`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Must come first: a thread that runs already sleeps in a call that cannot fail any more. */
export async function checkThread(totals: Totals): Promise<void> {
  totals.subjects++;
  using waker = new Waker();
  using sel = new EpollSelector();
  sel.register(waker, EVENT_READ);
  let before = 0;
  for (const errno of ERRNOS) {
    try {
      await refuse(sel, waker, errno);
      await failLater(sel, waker, errno);
      await refuse(sel, waker, errno);
      before ||= openFds();
      await expectOpen(before);
    } catch (error) {
      fail(totals, `the thread's epoll_wait: ${(error as Error).message}`, errno);
    }
  }
  await expectAwaited(sel, waker);
}
