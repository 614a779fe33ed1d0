import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Visitor } from '../../demos/support/visitor.js';
import { succeeds } from '../support/commands.js';
import { interrupted, runBare, runProgram, visit } from './fixture.js';
import { command, DemoServer } from './process.js';

const hasTools = succeeds('redis-cli', '--version');
const hasRedis = succeeds('redis-server', '--version');

const start = (...args: string[]): Promise<DemoServer> => DemoServer.start('keyvalue', '--quiet', ...args);

/** A command as programs send it. */
function encode(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word, 'latin1')}\r\n${word}\r\n`).join('')}`;
}

/** What comes back for some bytes: up to the end of the connection, or to the answer of a PING after whole lines. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const visitor = await Visitor.connect('127.0.0.1', port);
  onTestFinished(() => visitor.close());
  visitor.socket.on('error', () => {});
  const last = bytes.endsWith('\n') ? encode('PING', 'the end') : '';
  visitor.send(Buffer.from(bytes + last, 'latin1'));
  const end = '$7\r\nthe end\r\n';
  const answer = visitor.until(end).catch(async () => `${await visitor.rest()}, and hangs up`);
  return (await answer).replace(end, '');
}

/** Starts redis-server, and returns its port. It takes no port of the kernel's choice, so ours may be taken by then. */
async function startRedis(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    probe.close();
    await once(probe, 'close');
    const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', ''];
    const redis = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void redis.kill('SIGKILL'));
    let said = '';
    for await (const data of redis.stdout) {
      said += data;
      if (said.includes('Ready to accept connections')) return port;
    }
    if (!said.includes('Address already in use')) throw new Error(`redis-server ended:\n${said}`);
  }
}

/** Bytes that are sent, and what Redis 7 answers. */
const DIALOGS: readonly (readonly [bytes: string, answer: string])[] = [
  ['PING\r\n', '+PONG\r\n'],
  ['ping hello\r\n', '$5\r\nhello\r\n'],
  [encode('PING', 'a', 'b'), "-ERR wrong number of arguments for 'ping' command\r\n"],
  ['\r\n\r\nPING\n', '+PONG\r\n'],
  ['*0\r\n*-1\r\nPING\r\n', '+PONG\r\n'],
  ['ECHO "a b\\x41\\n\\"" \r\n', '$6\r\na bA\n"\r\n'],
  ["ECHO 'it\\'s \\n'\r\n", "$7\r\nit's \\n\r\n"],
  ['ECHO a"b c"\r\n', '$4\r\nab c\r\n'],
  ['ECHO "a\r\n', '-ERR Protocol error: unbalanced quotes in request\r\n, and hangs up'],
  ['ECHO "a"b\r\n', '-ERR Protocol error: unbalanced quotes in request\r\n, and hangs up'],
  ['*x\r\n', '-ERR Protocol error: invalid multibulk length\r\n, and hangs up'],
  ['*99999999999999999999\r\n', '-ERR Protocol error: invalid multibulk length\r\n, and hangs up'],
  ['*3000000000\r\n', '-ERR Protocol error: invalid multibulk length\r\n, and hangs up'],
  ['*1\r\n:3\r\n', "-ERR Protocol error: expected '$', got ':'\r\n, and hangs up"],
  ['*1\r\n$-1\r\n', '-ERR Protocol error: invalid bulk length\r\n, and hangs up'],
  ['*1\r\n$x\r\n', '-ERR Protocol error: invalid bulk length\r\n, and hangs up'],
  ['*1\r\n$\r\n', '-ERR Protocol error: invalid bulk length\r\n, and hangs up'],
  ['*1\r\n$99999999999\r\n', '-ERR Protocol error: invalid bulk length\r\n, and hangs up'],
  ['*1\r\n$+4\r\nPING\r\n', '-ERR Protocol error: invalid bulk length\r\n, and hangs up'],
  [`*1\r\n$${'1'.repeat(70_000)}`, '-ERR Protocol error: too big bulk count string\r\n, and hangs up'],
  [`*${'1'.repeat(70_000)}`, '-ERR Protocol error: too big mbulk count string\r\n, and hangs up'],
  ['x'.repeat(70_000), '-ERR Protocol error: too big inline request\r\n, and hangs up'],
  [encode('SET', 'k', 'v') + encode('GET', 'k'), '+OK\r\n$1\r\nv\r\n'],
  [
    encode('SET', 'k', '\0\r\n\xff') + encode('GET', 'k') + encode('STRLEN', 'k'),
    '+OK\r\n$4\r\n\0\r\n\xff\r\n:4\r\n',
  ],
  [encode('SET', 'k', ''), '+OK\r\n'],
  ['GET k\r\n', '$0\r\n\r\n'],
  ['get nothing\r\n', '$-1\r\n'],
  ['GET\r\n', "-ERR wrong number of arguments for 'get' command\r\n"],
  ['GET a b\r\n', "-ERR wrong number of arguments for 'get' command\r\n"],
  ['SET k\r\n', "-ERR wrong number of arguments for 'set' command\r\n"],
  ['SET k v NX\r\nSET k v XX\r\nSET new v XX\r\nGET new\r\n', '$-1\r\n+OK\r\n$-1\r\n$-1\r\n'],
  ['SET k v NX XX\r\n', '-ERR syntax error\r\n'],
  ['SET k v FOO\r\n', '-ERR syntax error\r\n'],
  ['SET k v EX\r\n', '-ERR syntax error\r\n'],
  ['SET k v EX 1 PX 1\r\n', '-ERR syntax error\r\n'],
  ['SET k v EX 10 KEEPTTL\r\n', '-ERR syntax error\r\n'],
  ['SET k v EX x\r\n', '-ERR value is not an integer or out of range\r\n'],
  ['SET k v EX x FOO\r\n', '-ERR syntax error\r\n'],
  ['SET k v EX 0\r\n', "-ERR invalid expire time in 'set' command\r\n"],
  ['SET k v PX -1\r\n', "-ERR invalid expire time in 'set' command\r\n"],
  ['SET k v EX 9223372036854775807\r\n', "-ERR invalid expire time in 'set' command\r\n"],
  ['SET k v ex 100\r\nTTL k\r\n', '+OK\r\n:100\r\n'],
  [
    'SET k v EX 100\r\nSET k w KEEPTTL GET\r\nTTL k\r\nSET k w\r\nTTL k\r\nTTL nothing\r\n',
    '+OK\r\n$1\r\nv\r\n:100\r\n+OK\r\n:-1\r\n:-2\r\n',
  ],
  ['SET k v EXAT 1\r\nGET k\r\nEXISTS k\r\n', '+OK\r\n$-1\r\n:0\r\n'],
  [
    'SET k v\r\nEXPIRE k 100\r\nTTL k\r\nPERSIST k\r\nPERSIST k\r\nTTL k\r\n',
    '+OK\r\n:1\r\n:100\r\n:1\r\n:0\r\n:-1\r\n',
  ],
  ['EXPIRE k -1\r\nGET k\r\nEXPIRE k 1\r\n', ':1\r\n$-1\r\n:0\r\n'],
  ['EXPIRE k x\r\n', '-ERR value is not an integer or out of range\r\n'],
  ['SET k v\r\nEXPIRE k 9223372036854775807\r\n', "+OK\r\n-ERR invalid expire time in 'expire' command\r\n"],
  ['PEXPIRE k 100000\r\nTTL k\r\n', ':1\r\n:100\r\n'],
  ['DEL k k nothing\r\nEXISTS k\r\n', ':1\r\n:0\r\n'],
  ['SET k v\r\nEXISTS k k nothing\r\n', '+OK\r\n:2\r\n'],
  [
    'INCR n\r\nINCR n\r\nDECR n\r\nINCRBY n 10\r\nDECRBY n 1\r\nGET n\r\n',
    ':1\r\n:2\r\n:1\r\n:11\r\n:10\r\n$2\r\n10\r\n',
  ],
  ['SET n 9223372036854775807\r\nINCR n\r\n', '+OK\r\n-ERR increment or decrement would overflow\r\n'],
  ['SET n -9223372036854775808\r\nDECR n\r\n', '+OK\r\n-ERR increment or decrement would overflow\r\n'],
  ['SET n 9007199254740993\r\nINCR n\r\n', '+OK\r\n:9007199254740994\r\n'],
  ['SET n 9223372036854775808\r\nINCR n\r\n', '+OK\r\n-ERR value is not an integer or out of range\r\n'],
  ['SET n 01\r\nINCR n\r\n', '+OK\r\n-ERR value is not an integer or out of range\r\n'],
  ['SET n " 1"\r\nINCR n\r\n', '+OK\r\n-ERR value is not an integer or out of range\r\n'],
  ['INCRBY n 1.5\r\n', '-ERR value is not an integer or out of range\r\n'],
  ['MSET a 1 b 2\r\nMGET a nothing b\r\n', '+OK\r\n*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n2\r\n'],
  ['MSET a 1 b\r\n', "-ERR wrong number of arguments for 'mset' command\r\n"],
  ['APPEND a 23\r\nGET a\r\nSTRLEN a\r\nSTRLEN nothing\r\n', ':3\r\n$3\r\n123\r\n:3\r\n:0\r\n'],
  ['TYPE a\r\nTYPE nothing\r\n', '+string\r\n+none\r\n'],
  ['FLUSHALL\r\nDBSIZE\r\nSET a 1\r\nDBSIZE\r\n', '+OK\r\n:0\r\n+OK\r\n:1\r\n'],
  ['SELECT 0\r\nSELECT 99\r\n', '+OK\r\n-ERR DB index is out of range\r\n'],
  ['FLY me to\r\n', "-ERR unknown command 'FLY', with args beginning with: 'me' 'to' \r\n"],
  [encode('a\r\nb', 'c\nd'), "-ERR unknown command 'a  b', with args beginning with: 'c d' \r\n"],
  ['constructor\r\n', "-ERR unknown command 'constructor', with args beginning with: \r\n"],
  ['QUIT\r\n', '+OK\r\n, and hangs up'],
];

describe('keyvalue', () => {
  it('is toured', async () => {
    const { code, stdout, stderr } = await command(['demo', 'keyvalue']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\nchecked: 10017 commands, every answer as Redis words it\n$/);
    expect(code).toBe(0);
  });

  it('answers as Redis does, to what is right and to what is wrong', async () => {
    const server = await start();
    for (const [bytes, answer] of DIALOGS) {
      const got = await answerTo(server.port, bytes);
      expect(got, JSON.stringify(bytes.slice(0, 100))).toBe(Buffer.from(answer, 'latin1').toString());
    }
  });

  it.skipIf(!hasRedis)('agrees with redis-server byte for byte (skipped without redis-server)', async () => {
    const port = await startRedis();
    for (const [bytes, answer] of DIALOGS) {
      const got = await answerTo(port, bytes);
      expect(got, JSON.stringify(bytes.slice(0, 100))).toBe(Buffer.from(answer, 'latin1').toString());
    }
  });

  it('answers what arrives byte by byte', async () => {
    const server = await start();
    const visitor = await visit(server);
    for (const byte of Buffer.from(
      `${encode('SET', 'key', 'a value')}GET key\r\n${encode('MGET', 'key', 'no')}`,
    )) {
      await new Promise((resolve) => visitor.socket.write(Buffer.of(byte), resolve));
    }
    expect(await visitor.until('*2\r\n$7\r\na value\r\n$-1\r\n')).toBe(
      '+OK\r\n$7\r\na value\r\n*2\r\n$7\r\na value\r\n$-1\r\n',
    );
  });

  it('answers pipelines of many clients at once, each its own', async () => {
    const server = await start();
    const clients = Array.from({ length: 20 }, async (_, client) => {
      const visitor = await visit(server);
      const count = 2000;
      const values = Array.from({ length: count }, (_, i) => `${client}-${i}-${'x'.repeat((i * 31) % 500)}`);
      visitor.send(
        values
          .map((value, i) => encode('SET', `${client}:${i}`, value) + encode('GET', `${client}:${i}`))
          .join(''),
      );
      const expected = values.map((value) => `+OK\r\n$${value.length}\r\n${value}\r\n`).join('');
      expect((await visitor.bytes(expected.length)).toString() === expected).toBe(true);
    });
    await Promise.all(clients);
  });

  it('keeps large values as they are', async () => {
    const server = await start();
    const visitor = await visit(server);
    const value = Buffer.alloc(5_000_000, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    visitor.send(
      Buffer.concat([
        Buffer.from(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n`),
        value,
        Buffer.from('\r\n'),
      ]),
    );
    await visitor.until('+OK\r\n');
    visitor.send(encode('GET', 'k').repeat(3));
    for (let i = 0; i < 3; i++) {
      await visitor.until(`$${value.length}\r\n`);
      expect((await visitor.bytes(value.length)).equals(value)).toBe(true);
    }
  });

  it('reads no more from a client that does not read, and serves the others', async () => {
    const server = await start();
    const visitor = await visit(server);
    visitor.send(encode('SET', 'large', 'x'.repeat(1_000_000)));
    await visitor.until('+OK\r\n');
    const deaf = await visit(server);
    deaf.socket.pause();
    // Answers of 20 gigabytes.
    deaf.send(encode('GET', 'large').repeat(20_000));
    visitor.send('PING\r\n');
    await visitor.until('+PONG\r\n');
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    expect(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])).toBeLessThan(300_000);
    deaf.socket.resume();
    for (let i = 0; i < 10; i++) await deaf.until('$1000000\r\n');
  });

  it('takes no memory for what is only announced', async () => {
    const server = await start();
    const visitors = await Promise.all(Array.from({ length: 50 }, () => visit(server)));
    for (const visitor of visitors) visitor.send('*1000000\r\n$100000000\r\nand then nothing');
    const other = await visit(server);
    other.send('PING\r\n');
    await other.until('+PONG\r\n');
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    expect(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])).toBeLessThan(200_000);
  });

  it('lets keys expire that nobody asks for', async () => {
    const server = await start();
    const visitor = await visit(server);
    visitor.send(Array.from({ length: 100 }, (_, i) => `SET k${i} v PX 50\r\n`).join(''));
    for (let i = 0; i < 100; i++) await visitor.until('+OK\r\n');
    const size = async (): Promise<string> => {
      visitor.send('DBSIZE\r\n');
      return visitor.until('\r\n');
    };
    await expect.poll(size).toBe(':0\r\n');
  });

  it('survives clients that vanish in the middle of a command, or while they are owed answers', async () => {
    const server = await start();
    for (let i = 0; i < 20; i++) {
      const visitor = await visit(server);
      visitor.send(
        i % 2 === 0 ? '*2\r\n$3\r\nGET\r\n$100\r\nhalf' : encode('ECHO', 'x'.repeat(100_000)).repeat(100),
      );
      if (i % 2 === 1) await visitor.bytes(100);
      visitor.socket.resetAndDestroy();
    }
    const witness = await visit(server);
    witness.socket.end('PING\r\nPING');
    expect(String(await witness.rest())).toBe('+PONG\r\n');
  });

  it('lets new clients wait when it has no descriptor left, and says what to raise', async () => {
    const server = await DemoServer.startLimited(96, 'keyvalue');
    const visitors = await Promise.all(Array.from({ length: 80 }, () => visit(server)));
    await server.logs('the limit of 96 open descriptors is reached; raise it with ulimit -n\n');
    for (const visitor of visitors) visitor.send('PING\r\nQUIT\r\n');
    for (const visitor of visitors) await visitor.until('+PONG\r\n+OK\r\n');
  });

  it('ends cleanly on Ctrl-C', async () => {
    const server = await DemoServer.start('keyvalue');
    const visitor = await visit(server);
    visitor.send('PING\r\n');
    await visitor.until('+PONG\r\n');
    await interrupted(server);
    expect(server.log).toContain('interrupted by SIGINT: the sockets are closed\n');
  });

  it.skipIf(!hasTools)('is driven by redis-cli (skipped without redis-tools)', async () => {
    const server = await start();
    const cli = async (...words: string[]) =>
      (await runProgram(['redis-cli', '-p', String(server.port), ...words])).stdout;
    expect(await cli('SET', 'greeting', 'hello, world', 'EX', '100')).toBe('OK\n');
    expect(await cli('GET', 'greeting')).toBe('hello, world\n');
    expect(await cli('TTL', 'greeting')).toMatch(/^(100|\d\d)\n$/);
    expect(await cli('INCR', 'greeting')).toContain('ERR value is not an integer or out of range');
    expect(await cli('MGET', 'greeting', 'nothing')).toBe('hello, world\n\n');
    const { stdout } = await runProgram(
      ['redis-cli', '-p', String(server.port)],
      'PING\nDEL greeting\nFLY\n',
    );
    expect(stdout).toBe("PONG\n1\nERR unknown command 'FLY', with args beginning with: \n\n");
    const mass = Array.from({ length: 1000 }, (_, i) => encode('SET', `mass${i}`, String(i))).join('');
    const piped = await runProgram(['redis-cli', '-p', String(server.port), '--pipe'], mass);
    expect(piped.stdout).toContain('errors: 0, replies: 1000');
  });

  it.skipIf(!hasTools)('is driven by redis-benchmark (skipped without redis-tools)', async () => {
    const server = await start();
    for (const pipeline of ['1', '16']) {
      const words = [
        '-p',
        String(server.port),
        '-t',
        'ping,set,get,incr,mset',
        '-n',
        '2000',
        '-P',
        pipeline,
        '--csv',
      ];
      const { stdout, stderr, code } = await runProgram(['redis-benchmark', ...words]);
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(
        stdout.match(/^"(PING_INLINE|PING_MBULK|SET|GET|INCR|MSET \(10 keys\))","[\d.]+"/gm),
      ).toHaveLength(6);
    }
  });

  it.skipIf(!hasTools || !hasRedis)('is compared with redis-server (skipped without it)', async () => {
    const { code, stdout, stderr } = await command(['demo', 'keyvalue', '--compare', '--requests', '2000']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(
      stdout.match(
        /^compared: \w+ +(1|16) at a time: +[\d,]+ per CPU second, redis-server +[\d,]+: [\d.]+ times; per second: [\d.]+ times$/gm,
      ),
    ).toHaveLength(6);
  });

  it('says what to install where Redis is missing', async () => {
    expect(await runBare('keyvalue', '--compare')).toContain(
      'not compared: redis-benchmark is not installed (Debian: apt install redis-server redis-tools)',
    );
  });
});
