/** Two clients use the store, and everything that they send and get is printed and checked. */
import type { Demo } from '../catalog.js';
import { Server } from '../process.js';
import { Visitor } from '../visitor.js';

const INTRODUCTION = `Below, the server is a process of its own. Lines with > are sent to it, as a person types them into nc, and
lines with < come back. To be that person, start it with "npm run demo -- keyvalue --serve", and in another
terminal "nc 127.0.0.1 PORT" or "redis-cli -p PORT".
`;

/** What is sent, why, and what has to come back. */
const STEPS: readonly (readonly [why: string, lines: readonly string[], answers: readonly string[]])[] = [
  ['is the server there?', ['PING'], ['+PONG']],
  ['a value, and back', ['SET greeting "hello, world"', 'GET greeting'], ['+OK', '$12', 'hello, world']],
  ['a key that does not exist', ['GET nothing'], ['$-1']],
  ['count', ['INCR visits', 'INCR visits', 'INCRBY visits 40'], [':1', ':2', ':42']],
  ['only if the key is new', ['SET greeting again NX', 'STRLEN greeting'], ['$-1', ':12']],
  [
    'a value that expires',
    ['SET brief x EX 100', 'TTL brief', 'PERSIST brief', 'TTL brief'],
    ['+OK', ':100', ':1', ':-1'],
  ],
  ['several at once', ['MGET visits nothing'], ['*2', '$2', '42', '$-1']],
  [
    'mistakes',
    ['INCR greeting', 'SET greeting', 'FLY me'],
    [
      '-ERR value is not an integer or out of range',
      "-ERR wrong number of arguments for 'set' command",
      "-ERR unknown command 'FLY', with args beginning with: 'me' ",
    ],
  ],
];

/** Commands in one pipeline. */
const MANY = 10_000;

export async function tour(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(INTRODUCTION);
  const server = new Server(demo, args, (line) => console.log(`server | ${line}`));
  try {
    const { host, port } = await server.listening();
    const visitor = await Visitor.connect(host, port);
    for (const [why, lines, answers] of STEPS) {
      console.log(`\n${why}`);
      for (const line of lines) console.log(`  > ${line}`);
      visitor.send(lines.map((line) => `${line}\r\n`).join(''));
      for (const answer of answers) {
        const got = (await visitor.until('\r\n')).slice(0, -2);
        console.log(`  < ${got}`);
        if (got !== answer) throw new Error(`expected ${answer}`);
      }
    }
    await pipeline(visitor);
    visitor.close();
    await server.interrupt();
  } finally {
    server.stop();
  }
  const count = STEPS.reduce((sum, [, lines]) => sum + lines.length, 0) + MANY;
  console.log(`\nchecked: ${count} commands, every answer as Redis words it`);
}

/** As a program sends it: the commands in bytes that are counted, and all before the first answer. */
async function pipeline(visitor: Visitor): Promise<void> {
  console.log(`\n${MANY} commands as programs send them, in one pipeline`);
  const command = '*2\r\n$4\r\nINCR\r\n$3\r\nall\r\n';
  console.log(`  > ${JSON.stringify(command)} ...`);
  visitor.send(command.repeat(MANY));
  for (let i = 1; i <= MANY; i++) {
    const got = await visitor.until('\r\n');
    if (got !== `:${i}\r\n`) throw new Error(`expected :${i}, got ${got}`);
    if (i === 1 || i === MANY) console.log(`  < ${got.trim()}${i === 1 ? ' ...' : ''}`);
  }
}
