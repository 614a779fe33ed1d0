/** Signals that arrive while a call blocks, in a process of their own. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

/** Blocks in `call`, is sent SIGUSR2 meanwhile, and tells how that ended. */
async function interrupted(setup: string, call: string): Promise<string> {
  const script = `
    import { createServer, socketpair } from 'fd-selectors/socket';
    ${setup}
    const heard = new Promise((resolve) => process.on('SIGUSR2', () => resolve('heard')));
    // A listener for a signal does not keep a process alive.
    const alive = setTimeout(() => {}, 10_000);
    console.log('ready');
    const start = performance.now();
    let end = 'nothing';
    try { ${call} } catch (error) { end = error.code; }
    const early = performance.now() - start < 400;
    console.log(end, early ? 'early' : 'in time', await heard);
    clearTimeout(alive);`;
  const { output } = await runScript(script, (line, child) => {
    if (line === 'ready') child.kill('SIGUSR2');
  });
  return output;
}

describe('a signal', () => {
  it('does not end a call with a timeout, and is heard afterwards', async () => {
    const pair = 'const [a, b] = socketpair(); a.settimeout(0.4);';
    expect(await interrupted(pair, 'a.recv(1);')).toBe('ready\nETIMEDOUT in time heard\n');
    expect(await interrupted(pair, 'a.sendall(Buffer.alloc(1 << 23));')).toBe(
      'ready\nETIMEDOUT in time heard\n',
    );
    const server = "const server = createServer(['127.0.0.1', 0]); server.settimeout(0.4);";
    expect(await interrupted(server, 'server.accept();')).toBe('ready\nETIMEDOUT in time heard\n');
  });
});
