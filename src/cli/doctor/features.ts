/** What the runtime and the kernel add: waits on the event loop, and io_uring. */
import { readProc } from './limits.js';
import { bad, type Finding, note, ok, reasonOf, type Section } from './report.js';

/** Seconds that a wait may take whose descriptor is ready in a moment. */
const PATIENCE = 10;

/** What watches the descriptors for Node's event loop. */
const BACKENDS = { uv: 'by libuv', thread: 'by a thread beside the event loop' } as const;

async function awaited(): Promise<Finding> {
  const name = 'selectAsync, events, ready';
  const { EpollSelector } = await import('../../selectors/epoll.js');
  const { loopBackend } = await import('../../loop/backend.js');
  const { Waker } = await import('../../fds/waker.js');
  const waker = new Waker();
  const sel = new EpollSelector();
  const timer = setTimeout(() => waker.wake(), 1);
  try {
    sel.register(waker, 1);
    const ready = await sel.selectAsync(PATIENCE);
    if (ready.length !== 1) return bad(name, `reported nothing in ${PATIENCE} s`);
    return ok(name, `work, ${BACKENDS[loopBackend()]}`);
  } catch (error) {
    return bad(name, `${reasonOf(error)}: ${(error as Error).message}; only select() and what blocks works`);
  } finally {
    clearTimeout(timer);
    sel.close();
    waker.close();
  }
}

/** Why the kernel refuses a ring. */
export function whyNoRing(code: string, disabled = readProc('sys/kernel/io_uring_disabled')): string {
  if (code === 'ENOSYS') return 'this kernel has none, or is older than Linux 5.11';
  if (code === 'ENOMEM') return 'too little memory may be locked: ulimit -l';
  if (code !== 'EPERM' && code !== 'EACCES') return code;
  if (disabled === '2') return 'turned off: sysctl kernel.io_uring_disabled is 2';
  if (disabled === '1') return 'for privileged users only: sysctl kernel.io_uring_disabled is 1';
  return 'forbidden, as by the seccomp filter of a container';
}

async function uring(): Promise<Finding> {
  const name = 'io_uring';
  const { Ring } = await import('../../uring/ring.js');
  try {
    new Ring({ entries: 4 }).close();
    return ok(name, 'available to fd-selectors/uring, which is experimental');
  } catch (error) {
    return note(name, `not available: ${whyNoRing(reasonOf(error))}; only fd-selectors/uring needs it`);
  }
}

/** Whether waits on the event loop work here, and a ring. */
export async function features(): Promise<Section> {
  return { title: 'Features', findings: [await awaited(), await uring()] };
}
