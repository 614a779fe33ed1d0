/** Runs a demo: `npm run demo -- NAME`. To add one, add its file, and its kind in support/catalog.ts. */
import { type Demo, demos, find, list } from './support/catalog.js';
import { converse } from './support/conversation.js';
import { run, Server } from './support/process.js';

const DEFAULT = '03-selectors-callback';

const USAGE = `usage: npm run demo                       runs ${DEFAULT}
       npm run demo -- NAME [OPTION...]   runs another one; a number or the start of its name is enough
       npm run demo -- --list             lists all demos

${list()}`;

/** Runs what the command line asks for, and returns the exit code: 1 if a check failed, 2 for a wrong name. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = DEFAULT, ...args] = argv;
  if (name === '--list' || name === '--help') {
    console.log(name === '--list' ? list() : USAGE);
    return 0;
  }
  const [demo, ...others] = find(name);
  if (demo === undefined || others.length > 0) {
    const meant = [demo, ...others].map((one) => one?.name).join(', ');
    console.error(others.length > 0 ? `'${name}' is ambiguous: ${meant}` : `there is no demo '${name}'`);
    console.error(`\n${USAGE}`);
    return 2;
  }
  console.log(`${demo.name}\n${demo.summary}\n\n${demo.about}\n`);
  try {
    return await perform(demo, args);
  } catch (error) {
    console.error(`\nfailed: ${(error as Error).message}`);
    return 1;
  }
}

async function perform(demo: Demo, args: readonly string[]): Promise<number> {
  if (demo.kind === 'server') {
    await converse(demo, args);
    return 0;
  }
  const needsServer = demo.kind === 'client' && !args.some((arg) => arg.startsWith('--port'));
  return needsServer ? runWithServer(demo, args) : run(demo, args);
}

/** Runs a client demo against the default server, without the server's log, which would be too long to read. */
async function runWithServer(client: Demo, args: readonly string[]): Promise<number> {
  const demo = demos.find(({ name }) => name === DEFAULT)!;
  const server = new Server(demo, ['--quiet'], (line) =>
    console.log(`${demo.name}, in another process: ${line}`),
  );
  try {
    const { port } = await server.listening();
    return await run(client, [...args, '--port', String(port)]);
  } finally {
    server.stop();
  }
}
