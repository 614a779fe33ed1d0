import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PidFd } from 'fd-selectors/fds';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });

/** A child that runs until it is killed, or for a moment. */
function start(command: string): [child: ChildProcess, pidfd: PidFd] {
  const child = spawn('sh', ['-c', command]);
  return [child, PidFd.open(child.pid as number)];
}

describe('PidFd', () => {
  it('is readable once the process has ended, and knows the code', async () => {
    const [child, pidfd] = start('exit 7');
    expect(readable(pidfd)).toEqual(YES);
    expect(pidfd.wait()).toEqual({ code: 7, signal: null });
    expect(pidfd.tryWait()).toEqual({ code: 7, signal: null });
    // The status was only looked at: Node's own event comes all the same.
    expect(await once(child, 'exit')).toEqual([7, null]);
    expect(readable(pidfd)).toEqual(YES);
    expect(() => pidfd.wait()).toThrow(error('ChildProcessError', 'ECHILD'));
    expect(() => pidfd.sendSignal(0)).toThrow(error('ProcessLookupError', 'ESRCH'));
    pidfd.close();
  });

  it('sends signals, and knows the one that ended a child', async () => {
    const [child, pidfd] = start('exec sleep 1000');
    expect(readable(pidfd, 0)).toEqual(NO);
    expect(pidfd.tryWait()).toBe(null);
    expect(() => pidfd.wait()).toThrow(error('BlockingIOError', 'EAGAIN'));
    pidfd.sendSignal(0);
    expect(pidfd.tryWait()).toBe(null);
    pidfd.sendSignal('SIGKILL');
    expect(readable(pidfd)).toEqual(YES);
    expect(pidfd.wait()).toEqual({ code: null, signal: 'SIGKILL' });
    await once(child, 'exit');
    pidfd.close();
  });

  it('takes the status when asked to, and Node does not hear of it', async () => {
    const [child, pidfd] = start('exit 3');
    let heard = false;
    child.on('exit', () => {
      heard = true;
    });
    child.unref();
    expect(readable(pidfd)).toEqual(YES);
    expect(pidfd.wait({ reap: true })).toEqual({ code: 3, signal: null });
    expect(() => pidfd.wait({ reap: true })).toThrow(error('ChildProcessError', 'ECHILD'));
    const [second, secondPidfd] = start('exit 4');
    expect(await once(second, 'exit')).toEqual([4, null]);
    expect(heard).toBe(false);
    pidfd.close();
    secondPidfd.close();
  });

  it('watches a process that is no child', () => {
    using parent = PidFd.open(process.ppid);
    expect(readable(parent, 0)).toEqual(NO);
    expect(() => parent.wait()).toThrow(error('ChildProcessError', 'ECHILD'));
    parent.sendSignal(0);
  });

  it('watches this process', () => {
    using self = PidFd.open(process.pid);
    expect(readable(self, 0)).toEqual(NO);
  });

  it('refuses what is no process', async () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31, '1' as never]) {
      expect(() => PidFd.open(pid)).toThrow(error('ValueError', 'ERR_INVALID_PID'));
    }
    const child = spawn('true');
    await once(child, 'exit');
    expect(() => PidFd.open(child.pid as number)).toThrow(error('ProcessLookupError', 'ESRCH'));
  });

  it('refuses what is no signal', () => {
    using self = PidFd.open(process.pid);
    for (const signal of ['SIGNONE', 'int', '', -1, 65, 1.5, Number.NaN]) {
      expect(() => self.sendSignal(signal)).toThrow(error('ValueError', 'ERR_INVALID_SIGNAL'));
    }
    expect(() => self.sendSignal(null as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
  });
});
