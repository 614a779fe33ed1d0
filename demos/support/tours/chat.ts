/** Three people chat, and one of them stops reading. */
import type { Demo } from '../catalog.js';
import { Server } from '../process.js';
import { Visitor } from '../visitor.js';

/** Lines that ada says at a time; so many fit into a queue. */
const BATCH = 50;
const TEXT = 'all work and no play makes ada a dull girl, '.repeat(12);

const INTRODUCTION = `Below, the server is a process of its own, and ada, ben and dora are clients of it. To be one yourself,
start the room with "npm run demo -- chat --serve", and in other terminals "nc 127.0.0.1 PORT".
`;

/** Starts the room, and has three people talk in it; throws when one of them misses a line. */
export async function tour(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(INTRODUCTION);
  const server = new Server(demo, args, (line) => say('server', line));
  try {
    const { host, port } = await server.listening();
    const enter = async (name: string): Promise<Visitor> => {
      const visitor = await Visitor.connect(host, port);
      await visitor.until('what is your name?\n');
      visitor.send(`${name}\n`);
      await server.says(name, (line) => line.endsWith(` is ${name}`));
      say(name, (await visitor.until('/quit\n')).trim());
      return visitor;
    };
    const ada = await enter('ada');
    const ben = await enter('ben');
    const dora = await enter('dora');
    await talk(ada, ben, dora);
    const { lines, missed } = await flood(server, ada, ben, dora);
    say('ben', 'has quit');
    ben.send('/quit\n');
    await ada.until('* ben has left\n');
    await server.interrupt();
    console.log(
      `\nchecked: ben heard ${lines} lines while dora did not read; she missed ${missed}, and was told so`,
    );
  } finally {
    server.stop();
  }
}

async function talk(ada: Visitor, ben: Visitor, dora: Visitor): Promise<void> {
  await ada.until('* dora comes in\n');
  for (const [name, speaker, others] of [
    ['ada', ada, { ben, dora }],
    ['ben', ben, { ada, dora }],
  ] as const) {
    const text = `hello from ${name}`;
    speaker.send(`${text}\n`);
    for (const [other, visitor] of Object.entries(others)) {
      await visitor.until(`${name}: ${text}\n`);
      say(other, `hears '${name}: ${text}'`);
    }
  }
}

/** Lets ada talk until dora, who does not read, misses something; ben hears all of it. */
async function flood(
  server: Server,
  ada: Visitor,
  ben: Visitor,
  dora: Visitor,
): Promise<{ lines: number; missed: number }> {
  say('dora', 'stops reading');
  dora.socket.pause();
  say('ada', 'sends line after line, and ben listens');
  let full = false;
  const noticed = server.says('dora reads too slowly').then(() => {
    full = true;
  });
  let lines = 0;
  while (!full) {
    for (let i = 0; i < BATCH; i++) ada.send(`${++lines} ${TEXT}\n`);
    for (let i = lines - BATCH + 1; i <= lines; i++) await ben.until(`ada: ${i} ${TEXT.trim()}\n`);
  }
  await noticed;
  say('ben', `has heard all of ${lines} lines`);
  say('dora', 'reads again');
  dora.socket.resume();
  const told = await dora.until(' lines\n');
  const [text, missed] = /\* you read too slowly, and have missed (\d+) lines/.exec(told) ?? [];
  if (text === undefined) throw new Error('dora was not told that she missed lines');
  const heard = told.split('\n').filter((line) => line.startsWith('ada: ')).length;
  say('dora', `hears ${heard} lines, and '${text}'`);
  if (heard + Number(missed) !== lines) throw new Error(`dora has heard ${heard} of ${lines} lines`);
  return { lines, missed: Number(missed) };
}

function say(who: string, what: string): void {
  console.log(`${who.padEnd(6)} | ${what}`);
}
