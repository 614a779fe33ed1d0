import { EVENT_READ, EVENT_WRITE, SelectSelector } from 'fd-selectors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { byFd } from '../support/ready.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('SelectSelector', () => {
  it('refuses a descriptor of FD_SETSIZE or more', () => {
    const sel = closing(new SelectSelector());
    expect(codeOf(() => sel.register(1024, EVENT_READ))).toBe('ERR_FD_OUT_OF_RANGE');
    expect(codeOf(() => sel.register(5000, EVENT_READ))).toBe('ERR_FD_OUT_OF_RANGE');
    expect([sel.getMap().size, sel.select(0)]).toEqual([0, []]);
    expect(sel.register(1023, EVENT_READ).fd).toBe(1023);
  });

  it('reports nothing for a hung-up pipe registered for writing', () => {
    const sel = closing(new SelectSelector());
    const fds = new Int32Array(2);
    native.pipe2(fds, 0);
    native.close(fds[1] as number);
    onTestFinished(() => void native.close(fds[0] as number));
    sel.register(fds[0] as number, EVENT_WRITE);
    expect(sel.select(0)).toEqual([]);
  });

  it('throws EBADF when a registered descriptor was closed, and works again without it', () => {
    const sel = closing(new SelectSelector());
    const [a, b] = pair();
    const fd = a.fileno();
    sel.register(fd, EVENT_READ);
    sel.register(b, EVENT_WRITE);
    a.close();
    expect(() => sel.select(0)).toThrow('EBADF: bad file descriptor, select');
    sel.unregister(fd);
    expect(byFd(sel.select(0))).toEqual([[b.fileno(), EVENT_WRITE]]);
  });

  it('selectAsync rejects with EBADF when a registered descriptor is closed, and works again without it', async () => {
    const sel = closing(new SelectSelector());
    const [a] = pair();
    const [b, wake] = pair();
    const fd = a.fileno();
    sel.register(fd, EVENT_READ);
    sel.register(b, EVENT_READ);
    const wait = sel.selectAsync();
    a.close();
    wake.send(bytes('x'));
    await expect(wait).rejects.toMatchObject({ code: 'EBADF', syscall: 'select' });
    sel.unregister(fd);
    expect(byFd(await sel.selectAsync())).toEqual([[b.fileno(), EVENT_READ]]);
  });
});
