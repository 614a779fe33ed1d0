/** The command `fd-selectors`: its help, its exit codes, and how it ends when something is in the way. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calledAs } from '../../src/cli/calledas.js';
import { PATIENCE, run, runUnread } from './fixture.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('fd-selectors', () => {
  it.each([[['--help']], [['-h']], [['help']]])(
    'says on %j what there is',
    async (args) => {
      const { code, stdout, stderr } = await run(args);
      expect(stdout).toMatch(/^Usage: node .*cli\.js COMMAND/);
      for (const name of ['demo', 'bench', 'doctor', 'help'])
        expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      expect(stdout.split('\n').filter((line) => line.length > 90)).toEqual([]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
    PATIENCE,
  );

  it.each([[['--version']], [['-v']]])(
    'says on %j which version it is',
    async (args) => {
      expect(await run(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    },
    PATIENCE,
  );

  it.each(['demo', 'bench', 'doctor'])(
    'has help for %s in three ways',
    async (name) => {
      const [one, two, three] = await Promise.all([
        run(['help', name]),
        run([name, '--help']),
        run([name, '-h']),
      ]);
      expect(one.stdout).toMatch(new RegExp(`^usage: node .*cli\\.js ${name} `, 'i'));
      expect(one).toMatchObject({ code: 0, stderr: '' });
      expect([two, three]).toEqual([one, one]);
    },
    PATIENCE,
  );

  it.each([
    [[], /^Usage: .*COMMAND/],
    [
      ['nothing'],
      /^There is no command 'nothing'\. The commands are: demo, bench, doctor, help\nSee node .* --help\.\n$/,
    ],
    [['constructor'], /^There is no command 'constructor'/],
    [['help', 'nothing'], /^There is no command 'nothing'/],
    [['--nothing'], /^Unknown option '--nothing'/],
    [['doctor', '--nothing'], /^Unknown option '--nothing'.*\nSee node .*cli\.js doctor --help\.\n$/s],
    [['bench', '--nothing'], /^Unknown option '--nothing'.*\nSee node .*cli\.js bench --help\.\n$/s],
    [['demo', 'nothing'], /^no demo is called 'nothing'\n\nusage: node .*cli\.js demo/],
  ])(
    'refuses %j with exit code 2',
    async (args, message) => {
      const { code, stdout, stderr } = await run(args);
      expect(stderr).toMatch(message);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
    PATIENCE,
  );

  it.each([
    [['--help']],
    [['demo', '--list']],
    [['demo', '3']],
    [['demo', '3', '--serve']],
    [['bench', '--help']],
    [['doctor']],
  ])(
    'ends with exit code 141 and without a word when nobody reads the output of %j',
    async (args) => {
      expect(await runUnread(args)).toEqual({ code: 141, stderr: '' });
    },
    PATIENCE,
  );

  it(
    'says in one line that a port is in use',
    async () => {
      const server = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      for (const name of ['3', 'chat', 'http']) {
        const { code, stderr } = await run(['demo', name, '--serve', '--port', String(port)]);
        expect(stderr).toBe(
          'EADDRINUSE: address already in use, bind: another program has this port; --port 0 takes a free one\n',
        );
        expect(code).toBe(1);
      }
    },
    PATIENCE,
  );
});

describe('calledAs', () => {
  const npm = { npm_package_name: 'fd-selectors' };

  it.each([
    ['npm run demo --', { ...npm, npm_lifecycle_event: 'demo' }, '/home/me/fd-selectors/dist/cli.js'],
    ['npx fd-selectors demo', {}, '/home/me/.npm/_npx/1/node_modules/.bin/fd-selectors'],
    ['npx fd-selectors demo', {}, '/home/me/app/node_modules/.bin/fd-selectors'],
    // A script of the user's package, which happens to have the same name.
    [
      'npx fd-selectors demo',
      { npm_package_name: 'app', npm_lifecycle_event: 'demo' },
      '/home/me/app/node_modules/.bin/fd-selectors',
    ],
    ['fd-selectors demo', {}, '/usr/local/bin/fd-selectors'],
    ['node ../fd-selectors/dist/cli.js demo', {}, '/home/me/fd-selectors/dist/cli.js'],
  ])('answers %s', (called, env, script) => {
    expect(calledAs('demo', env, script, '/home/me/app')).toBe(called);
  });

  it('names the program alone where no command is asked for', () => {
    expect(calledAs(undefined, {}, '/a/node_modules/.bin/fd-selectors', '/')).toBe('npx fd-selectors');
    expect(calledAs(undefined, {}, '/usr/bin/fd-selectors', '/')).toBe('fd-selectors');
  });
});
