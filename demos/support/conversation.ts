/** Three clients talk to a server demo; the conversation is printed and checked. */
import type { Demo } from './catalog.js';
import { type Client, foreignClient, ownClient } from './clients.js';
import { Server } from './process.js';
import { show } from './text.js';

const INTRODUCTION = `The server runs in a process of its own. Three clients talk to it over TCP. The first column says who speaks;
the server knows each client by its address and port.
`;

/** A client, and how it ends its connection. */
interface Guest {
  readonly name: string;
  readonly client: Client;
  readonly leave: () => void;
  /** How we describe its leaving, and what the server adds to its log line about it. */
  readonly leaving: string;
  readonly logged: string;
}

/**
 * Starts the server, and lets the clients speak to it in turn.
 *
 * @throws Error when an answer differs from what it should be, or the server does not log what it should.
 */
export async function converse(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(INTRODUCTION);
  const server = new Server(demo, args, (line) => say('server', line));
  try {
    const { host, port, does } = await server.listening();
    const guests = await invite(host, port);
    for (const guest of guests) await greet(server, guest);
    const upper = does.includes('upper case');
    const messages = await talk(server, guests, (text) => (upper ? text.toUpperCase() : text));
    for (const guest of guests) await part(server, guest);
    await server.interrupt();
    const back = upper ? 'came back in upper case' : 'came back';
    console.log(`\nchecked: ${guests.length} clients, ${messages} messages, every byte ${back}`);
  } finally {
    server.stop();
  }
}

/** Connects the clients. The first will vanish, and the server must go on serving the others. */
async function invite(host: string, port: number): Promise<Guest[]> {
  const ada = await foreignClient(host, port);
  const ben = ownClient(host, port);
  const cleo = await foreignClient(host, port);
  const vanishes = { leaving: 'vanishes: its connection is reset', logged: ': ECONNRESET' };
  const closes = { leaving: 'closes its connection', logged: '' };
  return [
    { name: 'ada', client: ada, leave: ada.reset, ...vanishes },
    { name: 'ben', client: ben, leave: ben.close, ...closes },
    { name: 'cleo', client: cleo, leave: cleo.close, ...closes },
  ];
}

async function greet(server: Server, { name, client }: Guest): Promise<void> {
  say(name, `connects from ${client.address}, through ${client.kind}`);
  await server.says(`connection from ${client.address}`);
}

/** Lets each client speak three times, in changing order; returns the number of messages. */
async function talk(server: Server, guests: Guest[], answerTo: (text: string) => string): Promise<number> {
  let messages = 0;
  for (const words of ['hello, this is', 'all three of us are connected, says', 'goodbye from']) {
    for (const guest of messages % 2 === 0 ? guests : guests.toReversed()) {
      const text = `${words} ${guest.name}`;
      await ask(server, guest, text, answerTo(text));
      messages++;
    }
  }
  return messages;
}

async function ask(server: Server, { name, client }: Guest, text: string, answer: string): Promise<void> {
  say(name, `sends '${text}'`);
  client.send(Buffer.from(text));
  await server.says(`received '${text}' from ${client.address}`);
  await server.says(`sent '${answer}' to ${client.address}`);
  const got = await client.receive(answer.length);
  if (!got.equals(Buffer.from(answer))) throw new Error(`${name} got ${show(got)}, not '${answer}'`);
  say(name, `gets  '${answer}'`);
}

async function part(server: Server, { name, client, leave, leaving, logged }: Guest): Promise<void> {
  say(name, leaving);
  leave();
  await server.says(`closing ${client.address}${logged}`);
}

function say(who: string, what: string): void {
  console.log(`${who.padEnd(6)} | ${what}`);
}
