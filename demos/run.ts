/** Runs a demo: `npm run demo -- NAME`. To add one, add its file; see support/catalog.ts. */
import { companion, type Demo, demos, find, list, TALKS_TO } from './support/catalog.js';
import { converse } from './support/conversation.js';
import { interrupted, run, Server } from './support/process.js';

const DEFAULT = '03-selectors-callback';

/** @param called - how this command was called: `npm run demo --`. */
const usage = (called: string): string => `usage: ${called} [NAME] [OPTION...]
       NAME    which demo: a number or the beginning of a name will do; without one, ${DEFAULT}
       --list  lists them

Each demo has options of its own:
       --help     says which
       --serve    a server serves until Ctrl-C, for clients of your own
       --compare  http and keyvalue measure themselves against another server

${list()}`;

/** What a newcomer has to know below the list. */
const howTo = (
  called: string,
): string => `Run one: ${called} NAME. Read them in this order; each says first what you will see.
Its options: ${called} NAME --help. A server with --serve waits for clients of your own.`;

/** What tours a server: it starts it, and shows what it does with clients. */
interface Tour {
  tour(demo: Demo, args: readonly string[]): Promise<void>;
}

/** What compares a server with another. */
interface Compare {
  compare(demo: Demo, args: readonly string[]): Promise<void>;
}

/**
 * Runs what the command line asks for, and returns the exit code: 1 where a check failed, 2 for a wrong name.
 *
 * @param called - how this command was called.
 */
export async function main(argv: readonly string[], called = 'npm run demo --'): Promise<number> {
  const [name = DEFAULT, ...args] = argv;
  if (['--list', '--help', '-h'].includes(name)) {
    console.log(name === '--list' ? `${list()}\n\n${howTo(called)}` : usage(called));
    return 0;
  }
  const [demo, ...others] = find(name);
  if (demo === undefined || others.length > 0) {
    const meant = [demo, ...others].map((one) => one?.name).join(', ');
    console.error(others.length > 0 ? `'${name}' may mean ${meant}` : `no demo is called '${name}'`);
    console.error(`\n${usage(called)}`);
    return 2;
  }
  process.env['DEMO_COMMAND'] = `${called} ${demo.name}`; // for its usage line
  if (args.some((arg) => arg === '--help' || arg === '-h')) return run(demo, ['--help']);
  console.log(`${demo.name}\n${demo.summary}\n\n${demo.about}\n`);
  try {
    return await perform(demo, args);
  } catch (error) {
    await interrupted();
    console.error(`\nfailed: ${(error as Error).message}`);
    return 1;
  }
}

async function perform(demo: Demo, args: readonly string[]): Promise<number> {
  const others = args.filter((arg) => !['--serve', '--compare'].includes(arg));
  const comparison = companion(demo, 'compare');
  if (args.includes('--compare') && comparison !== undefined) {
    process.env['DEMO_COMMAND'] += ' --compare';
    const { compare }: Compare = await import(comparison);
    await compare(demo, others);
    return 0;
  }
  if (demo.kind === 'server') {
    if (args.includes('--serve')) return run(demo, others);
    const file = companion(demo, 'tours');
    const { tour }: Tour = file === undefined ? { tour: converse } : await import(file);
    await tour(demo, args);
    return 0;
  }
  const needsServer = demo.kind === 'client' && !args.some((arg) => arg.startsWith('--port'));
  return needsServer ? runWithServer(demo, args) : run(demo, args);
}

/** Runs a client demo against the server that it names, whose log would be too long to read. */
async function runWithServer(client: Demo, args: readonly string[]): Promise<number> {
  const demo = demos.find(({ name }) => name === TALKS_TO.get(client.name))!;
  const server = new Server(demo, ['--quiet'], (line) =>
    console.log(`${demo.name}, a process of its own: ${line}`),
  );
  try {
    const { port } = await server.listening();
    return await run(client, [...args, '--port', String(port)]);
  } finally {
    server.stop();
  }
}
