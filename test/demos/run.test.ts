import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { socket } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { built } from './fixture.js';
import { command, DemoServer } from './process.js';
import { demos, names } from './programs.js';

describe('the command demo', () => {
  it('runs the callback server with clients, and checks the transcript it prints', async () => {
    const { code, stdout, stderr } = await command(['demo']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^03-selectors-callback\n/);
    expect(stdout).toMatch(/^server \| listening on 127\.0\.0\.1:\d+, echoing$/m);
    for (const name of ['ada', 'ben', 'cleo']) {
      const port = new RegExp(`^${name} +\\| connects from 127.0.0.1:(\\d+)`, 'm').exec(stdout)?.[1];
      expect(stdout).toContain(`server | connection from 127.0.0.1:${port}\n`);
      expect(stdout).toContain(`server | received 'goodbye from ${name}' from 127.0.0.1:${port}\n`);
      expect(stdout).toContain(`server | closing 127.0.0.1:${port}`);
    }
    expect(stdout).toMatch(/\nchecked: 3 clients, 9 messages, every byte came back\n$/);
  });

  it.each([
    ['1', '01-select-echo'],
    ['02', '02-select-queues'],
    ['select-q', '02-select-queues'],
    ['03-sel', '03-selectors-callback'],
    ['reactor', 'events/reactor'],
    ['events/pro', 'events/proactor'],
    ['coroutine-e', '07-coroutine-echo'],
  ])('runs what %s means', async (name, demo) => {
    const { code, stdout } = await command(['demo', name]);
    expect(stdout.split('\n')[0]).toBe(demo);
    expect(stdout).toContain('checked: 3 clients, 9 messages, every byte came back');
    expect(code).toBe(0);
  });

  it('expects upper case of the demo that answers in it', async () => {
    const { stdout } = await command(['demo', '2']);
    expect(stdout).toContain("ada    | sends 'hello, this is ada'\n");
    expect(stdout).toContain("ada    | gets  'HELLO, THIS IS ADA'\n");
  });

  it('lists every demo with a summary', async () => {
    const { code, stdout } = await command(['demo', '--list']);
    expect(stdout).toMatch(/^Run one: node .*cli\.js demo NAME\./m);
    expect(code).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('  '));
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(names);
    for (const line of lines) expect(line).toMatch(/^ {2}\S+ +\S.{20}/);
    for (const chapter of ['select() and selectors', 'Events and handlers', 'Whole servers', 'Coroutines']) {
      expect(stdout.split('\n')).toContain(chapter);
    }
  });

  it.each(names)('%s says in its first word whether it is a server or a client', async (name) => {
    const { demos: listed }: typeof import('../../demos/support/catalog.js') = await import(
      built('demos/support/catalog.js')
    );
    const demo = listed.find((one) => one.name === name);
    const word = /^(Server|Client)\b/.exec(demo?.summary ?? '')?.[0].toLowerCase();
    expect(demo?.kind).toBe(word ?? 'alone');
  });

  it.each(names)('%s refuses a bad option with a usage line, and has --help', async (name) => {
    const bad = await command(['demo', name, '--bad-option', '--serve']);
    expect(bad.stderr).toContain("Unknown option '--bad-option'");
    expect(bad.stderr).toMatch(new RegExp(`^usage: node .*cli.js demo ${name}( |$)`, 'm'));
    expect(bad.code).toBe(2);
    const help = await command(['demo', name, '--help']);
    expect(help.stdout).toMatch(/^usage: /);
    expect(help.code).toBe(0);
  });

  it.each([
    ['chat', []],
    ['http', []],
    ['servers/process-pool', []],
    ['http', ['--compare']],
    ['keyvalue', ['--compare']],
  ])('%s %s refuses a bad option without --serve, too', async (name, args) => {
    const { code, stderr } = await command(['demo', name, ...args, '--bad-option']);
    const usage = stderr.match(/^usage: node .*cli.js demo (.*?) \[/m)?.[1];
    expect(stderr).toContain("Unknown option '--bad-option'");
    expect(usage).toBe([name, ...args].join(' '));
    expect(stderr).not.toContain('failed');
    expect(code).toBe(2);
  });

  it.each(['no-such-demo', '99', 'select', '--bad'])('refuses %s, and says what there is', async (name) => {
    const { code, stdout, stderr } = await command(['demo', name]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    for (const demo of names) expect(stderr).toContain(demo);
  });

  it('refuses an option of the server that is out of range', async () => {
    const { code, stderr } = await command(['demo', '1', '--port', '99999']);
    expect(code).toBe(2);
    expect(stderr).toContain("--port must be an integer from 0 to 65535. Received '99999'");
  });

  it('fails with a message when the server cannot run', async () => {
    // An address for documentation, which no machine has: RFC 5737.
    const { code, stderr } = await command(['demo', '1', '--host', '203.0.113.1']);
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRNOTAVAIL');
    expect(stderr).toContain("failed: the server ended before it said 'listening on'");
  });

  it('says what to raise when Node itself has too few descriptors', async () => {
    // With 22 and less, newer Nodes cannot read the program.
    const { code, stdout, stderr } = await command(['demo', '1'], 25);
    expect(stderr).toBe('the limit of 25 open descriptors is too low; raise it with ulimit -n\n');
    expect([code, stdout]).toEqual([1, '']);
  });

  it.each([
    'models/compare',
    'three-parts',
    '05-workers',
    'servers/worker-per-request',
    'servers/worker-pool',
    'servers/thread-per-core',
    'servers/compare',
    'events/three-tasks',
    'watch',
    '08-coroutine-crawler',
  ])('%s says what to raise when the descriptor limit is too low', async (name) => {
    const { code, stderr } = await command(['demo', name], 66);
    expect(stderr).toContain('the limit of 66 open descriptors is too low; raise it with ulimit -n\n');
    expect(code).toBeGreaterThan(0);
  });

  it('refuses another command', async () => {
    const { code, stderr } = await command(['constructor']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "There is no command 'constructor'. The commands are: demo, bench, doctor, help",
    );
  });
});

describe('04-ten-thousand-clients', () => {
  it('verifies every byte on 200 connections', async () => {
    const { code, stdout, stderr } = await command(['demo', '04', '--connections', '200', '--messages', '3']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^200 connections in .* connections per second$/m);
    expect(stdout).toMatch(/^600 round trips in .* round trips per second$/m);
    expect(stdout).toMatch(/\nchecked: 200 clients, 800 messages, every byte came back\n$/);
    const progress = stdout.split('\n').filter((line) => /^connected|^message/.test(line));
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.length).toBeLessThanOrEqual(10);
  });

  it('opens fewer connections where the descriptor limit is lower, and says so', async () => {
    const { code, stdout } = await command(['demo', '04'], 256);
    expect(stdout).toMatch(/the limit of 256 open descriptors \(ulimit -n\) leaves room for \d+/);
    const count = Number(/leaves room for (\d+)/.exec(stdout)?.[1]);
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(256);
    expect(stdout.replaceAll(',', '')).toContain(
      `checked: ${count} clients ${count * 6} messages every byte`,
    );
    expect(code).toBe(0);
  });

  it('talks to a server that runs already', async () => {
    const server = await DemoServer.start('01-select-echo', '--quiet');
    const { code, stdout } = await command(['demo', '4', '--connections=50', `--port=${server.port}`]);
    expect(stdout).toContain('checked: 50 clients, 300 messages, every byte came back');
    expect(code).toBe(0);
  });

  it('notices a single wrong byte', async () => {
    const server = await DemoServer.start('02-select-queues', '--quiet');
    const { code, stderr } = await command(['demo', '4', '--connections', '3', `--port=${server.port}`]);
    expect(stderr).toMatch(
      /client \d of 3: expected 'message 0 of client \d: .*', got 'MESSAGE 0 OF CLIENT \d/,
    );
    expect(code).toBe(1);
  });

  it('notices a server that closes connections, and one that is not there', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const closed = await command(['demo', '4', '--connections', '5', `--port=${port}`]);
    expect(closed.stderr).toMatch(/client \d of 5: (the server closed the connection|ECONNRESET|EPIPE)/);
    expect(closed.code).toBe(1);
    server.close();
    // Bound, so that nobody else gets the port; nobody listens.
    using bound = socket();
    bound.bind(['127.0.0.1', 0]);
    const [, nobody] = bound.getsockname();
    const absent = await command(['demo', '4', '--connections', '5', `--port=${nobody}`]);
    expect(absent.stderr).toMatch(/client 0 of 5: ECONNREFUSED/);
    expect(absent.code).toBe(1);
  });

  it('needs a port when it runs alone', async () => {
    const child = spawn(process.execPath, [`${demos}/../dist/demos/04-ten-thousand-clients.js`]);
    const [stderr] = await once(child.stderr, 'data');
    expect(String(stderr)).toContain('--port is missing');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(2);
  });
});

describe('05-workers', () => {
  it('serves every connection once, and SO_REUSEPORT gives every worker some', async () => {
    const { code, stdout, stderr } = await command(['demo', '5']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const ways = stdout.split('\n\n').filter((part) => /^(one|a) server socket/.test(part));
    expect(ways.map((way) => way.split('\n')[0])).toEqual([
      'one server socket:',
      'one server socket, with EPOLLEXCLUSIVE:',
      'a server socket each, with SO_REUSEPORT:',
    ]);
    for (const way of ways) {
      const accepted = [...way.matchAll(/worker \d: +(\d+) connections/g)].map(([, count]) => Number(count));
      expect(accepted).toHaveLength(4);
      expect(accepted.reduce((sum, count) => sum + count)).toBe(400);
      if (way.includes('SO_REUSEPORT')) expect(Math.min(...accepted)).toBeGreaterThan(0);
    }
    expect(stdout).toMatch(/\nchecked: 1200 connections, each answered by one worker\n$/);
  });
});
