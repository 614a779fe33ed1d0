/** Three clients talk to a server demo, and everything that is said is printed and checked. */
import type { Demo } from './catalog.js';
import { type Client, foreignClient, ownClient } from './clients.js';
import { Server } from './process.js';
import { show } from './text.js';

const INTRODUCTION = `The server is a process of its own. Three clients talk to it over TCP, each from a port of its own,
by which the server knows it. The first column says who speaks.
`;

function say(who: string, what: string): void {
  console.log(`${who.padEnd(6)} | ${what}`);
}

/**
 * Starts the server, and lets the clients speak to it in turn.
 *
 * @throws Error when an answer differs from what it should be, or the server does not log what it should.
 */
export async function converse(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(`${demo.name}\n${demo.summary}\n\n${INTRODUCTION}`);
  const server = new Server(demo, args, (line) => say('server', line));
  try {
    const { host, port, does } = await server.listening();
    const answerTo = (text: string) => (does.includes('upper case') ? text.toUpperCase() : text);
    const ada = await foreignClient(host, port);
    await greet(server, 'ada', ada);
    const ben = ownClient(host, port);
    await greet(server, 'ben', ben);
    const cleo = await foreignClient(host, port);
    await greet(server, 'cleo', cleo);

    let messages = 0;
    const clients: [string, Client][] = [
      ['ada', ada],
      ['ben', ben],
      ['cleo', cleo],
    ];
    for (const text of ['hello, this is', 'all three of us are connected, says', 'goodbye from']) {
      for (const [name, client] of clients) {
        await ask(server, name, client, `${text} ${name}`, answerTo(`${text} ${name}`));
        messages++;
      }
      clients.reverse();
    }

    say('cleo', 'vanishes: the connection is reset');
    cleo.reset();
    await server.says(`closing ${cleo.address}: ECONNRESET`);
    for (const [name, client] of [
      ['ben', ben],
      ['ada', ada],
    ] as const) {
      say(name, 'closes its side');
      client.close();
      await server.says(`closing ${client.address}`);
    }
    console.log(`\nchecked: ${clients.length} clients, ${messages} messages, every byte came back`);
  } finally {
    server.stop();
  }
}

async function greet(server: Server, name: string, client: Client): Promise<void> {
  say(name, `connects from ${client.address}, through ${client.made}`);
  await server.says(`connection from ${client.address}`);
}

async function ask(server: Server, name: string, client: Client, text: string, answer: string) {
  say(name, `sends '${text}'`);
  client.send(Buffer.from(text));
  await server.says(`received '${text}' from ${client.address}`);
  await server.says(`sent '${answer}' to ${client.address}`);
  const got = await client.receive(answer.length);
  if (!got.equals(Buffer.from(answer)))
    throw new Error(`${name} should have got '${answer}', not ${show(got)}`);
  say(name, `gets  '${answer}'`);
}
