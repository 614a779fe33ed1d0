/** Three clients of a server model: each learns which process and which thread serves it. */
import type { Demo } from '../catalog.js';
import { Server } from '../process.js';
import { Visitor } from '../visitor.js';

const NAMES = ['ada', 'ben', 'cleo'];

export async function tour(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(
    'Three clients are connected at once. Each answer says which process and which thread it is from.\n',
  );
  const server = new Server(demo, args, (line) => {
    if (!line.startsWith('connection from')) console.log(`server | ${line}`);
  });
  try {
    const { host, port } = await server.listening();
    const clients = [];
    for (const name of NAMES) clients.push({ name, visitor: await Visitor.connect(host, port) });
    const served = new Set<string>();
    for (const words of ['hello from', 'goodbye from']) {
      for (const { name, visitor } of clients) served.add(await ask(visitor, name, `${words} ${name}`));
    }
    for (const { visitor } of clients) visitor.close();
    await server.interrupt();
    const count =
      served.size === 1 ? 'one and the same thread' : `${served.size} different threads or processes`;
    console.log(`\nchecked: ${NAMES.length} clients, 6 answers, from ${count}`);
  } finally {
    server.stop();
  }
}

/** Sends a line, and returns who has answered it. */
async function ask(visitor: Visitor, name: string, text: string): Promise<string> {
  visitor.send(`${text}\n`);
  const answer = (await visitor.until('\n')).trimEnd();
  console.log(`${name.padEnd(6)} | '${text}' is answered by ${answer}`);
  const [, who, came] = /^(process \d+, thread \d+): (.*)$/.exec(answer) ?? [];
  if (who === undefined || came !== text.toUpperCase()) throw new Error(`${name} got '${answer}'`);
  return who;
}
