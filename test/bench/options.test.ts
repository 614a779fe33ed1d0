import { describe, expect, it } from 'vitest';
import { UsageError } from '../../bench/errors.js';
import { parseOptions, REPORT, usage } from '../../bench/options.js';
import { planRun } from '../../bench/plan.js';
import type { Command, Tools } from '../../bench/tools.js';
import { HEADLINE, TRIALS } from '../../bench/trials/index.js';

describe('parseOptions', () => {
  it('asks for the headline in at most five minutes when nothing is said', () => {
    expect(parseOptions([])).toMatchObject({
      trials: HEADLINE,
      subjects: [],
      sizes: {},
      rounds: 3,
      minutes: 5,
    });
  });

  it('sets no limit for --full or for a number of rounds, unless one is given', () => {
    expect(parseOptions(['--full'])).toMatchObject({
      trials: TRIALS,
      full: true,
      rounds: 9,
      minutes: Infinity,
    });
    expect(parseOptions(['--rounds', '4'])).toMatchObject({ rounds: 4, minutes: Infinity });
    expect(parseOptions(['--rounds', '4', '--minutes', '12'])).toMatchObject({ rounds: 4, minutes: 12 });
  });

  it('is quick with --quick, except in what is given beside it', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ trials: HEADLINE, rounds: 1, ms: 10, full: false });
    expect(parseOptions(['--quick', '--ms', '20'])).toMatchObject({ rounds: 1, ms: 20 });
  });

  it('takes several trials, subjects and sizes, with commas or again', () => {
    const options = parseOptions([
      ...['--trial', 'idle,churn', '--trial', 'echo', '--subject', 'ours,c-epoll'],
      ...['--fds', '100,10,100', '--connections', '5', '--bytes', '1,2'],
    ]);
    expect(options).toMatchObject({
      trials: ['echo', 'idle', 'churn'],
      subjects: ['ours', 'c-epoll'],
      sizes: { fds: [10, 100], connections: [5], bytes: [1, 2] },
    });
  });

  it('takes --report with a file or without', () => {
    expect(parseOptions(['--from', 'a.json', '--report']).report).toBe(REPORT);
    expect(parseOptions(['--report', '--rounds', '1']).report).toBe(REPORT);
    expect(parseOptions(['--report', 'b.html']).report).toBe('b.html');
    expect(parseOptions([]).report).toBeUndefined();
  });

  it.each([
    [['--trial', 'nothing'], 'There is no trial nothing. The trials are: chain, echo'],
    [['--subject', 'nobody'], 'There is no subject nobody. The subjects are: ours-select'],
    [['--fds', '10,none'], '--fds takes integers above zero. Received "none"'],
    [['--connections', '0'], '--connections takes integers above zero. Received "0"'],
    [['--bytes', ''], '--bytes takes integers above zero. Received ""'],
    [['--rounds', '0'], '--rounds takes integers above zero. Received "0"'],
    [['--minutes', '0'], '--minutes takes integers above zero. Received "0"'],
    [['--ms', '1.5'], '--ms takes integers above zero. Received "1.5"'],
    [['--fast'], "Unknown option '--fast'"],
    [['chain'], 'Unexpected argument'],
    [['--from', 'a', '--rounds', '1'], '--from measures nothing, so --rounds cannot apply'],
    [['--from', 'a', '--full'], '--from measures nothing, so --full cannot apply'],
    [['--from', 'a', '--quick'], '--from measures nothing, so --quick cannot apply'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });

  it('has a usage of 80 columns', () => {
    const text = usage('npm run bench --');
    expect(text).toContain('Usage: npm run bench -- [options]');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('planRun', () => {
  /** A machine with Python but without a compiler and npm packages. */
  const tools = {
    compiled: () => 'no compiler',
    npm: () => 'no package',
    python: (): Command => ({ words: ['python3'], version: 'Python' }),
  } as unknown as Tools;
  const plan = (...argv: string[]) => planRun(parseOptions(argv), tools, 20_000);

  it('has the headline first, with the main subjects', () => {
    const { tables, absent, remarks } = plan();
    expect(tables.map(([{ trial }]) => trial.name)).toEqual([
      ...Array(4).fill('chain'),
      ...Array(3).fill('echo'),
      ...Array(4).fill('idle'),
    ]);
    expect(tables[0]?.map(({ subject }) => subject.name)).toEqual([
      ...['ours-select', 'ours-poll', 'ours-epoll', 'ours-batch', 'ours-ring'],
      ...['cpython-select', 'cpython-poll', 'cpython-epoll', 'node-net'],
    ]);
    expect(absent).toContainEqual({ name: 'c-epoll', why: 'no compiler' });
    expect(remarks).toEqual([]);
  });

  it.each(TRIALS)('has the trial %s alone', (trial) => {
    const { tables } = plan('--trial', trial);
    expect(new Set(tables.flat().map((one) => one.trial.name))).toEqual(new Set([trial]));
  });

  it('has more of a trial that is named, unless its sizes are', () => {
    const sizes = (...argv: string[]) =>
      plan(...argv)
        .tables.map(([{ workload }]) => workload)
        .map(({ active, fds, bytes, connections }) => [active ?? bytes, fds ?? connections].join(' of '));
    expect(sizes('--trial', 'chain')).toEqual([
      ...['1 of 10', '1 of 100', '1 of 1000', '1 of 8000'],
      '100 of 1000',
    ]);
    expect(sizes('--trial', 'echo')).toEqual(['64 of 1', '64 of 100', '64 of 1000', '16384 of 100']);
    expect(sizes('--trial', 'echo', '--connections', '100')).toEqual(['64 of 100']);
    expect(sizes('--trial', 'chain,echo', '--fds', '1000', '--bytes', '5')).toEqual([
      ...['1 of 1000', '5 of 1', '5 of 100', '5 of 1000'],
    ]);
    const { tables } = planRun(parseOptions(['--trial', 'chain']), tools, 1024);
    expect(tables.map(([{ workload }]) => workload['fds'])).toEqual([10, 100]);
  });

  it('has everything with --full', () => {
    const { tables } = plan('--full');
    expect(new Set(tables.map(([{ trial }]) => trial.name))).toEqual(new Set(TRIALS));
    const workloads = tables.map(([{ trial, workload }]) => `${trial.name} ${trial.group(workload)}`);
    expect(workloads).toEqual(
      expect.arrayContaining(['chain 100 active', 'idle all ready', 'echo 16384 bytes']),
    );
  });

  it('leaves out what a small limit of descriptors does not allow, and says so', () => {
    const { tables, remarks } = planRun(parseOptions(['--trial', 'idle']), tools, 1024);
    expect(tables.map(([{ workload }]) => workload['fds'])).toEqual([10, 100]);
    expect(remarks).toEqual(['idle without 1000, 8000 fds: ulimit -n is 1024.']);
  });

  it.each([
    ['--trial idle --subject ours-async', 'ours-async is not in the trial idle. It is in: echo, wakeup'],
    ['--trial idle,chain --subject node-net', 'The trial idle does not have node-net. It has: ours-select'],
    ['--trial idle --bytes 5', '--bytes does not apply to idle. It applies to: echo'],
    ['--fds 9951', '--fds is at most 9950 here (ulimit -n is 20000). Received 9951'],
    ['--connections 20000', '--connections is at most 19900 here'],
    ['--trial chain --subject ours-select --fds 2000', 'select takes descriptors below 1024'],
    ['--trial chain --subject npm-epoll', 'Nothing of this can be measured here (npm-epoll: no package)'],
  ])('refuses %s', (words, message) => {
    const argv = words.split(' ');
    expect(() => plan(...argv)).toThrow(UsageError);
    expect(() => plan(...argv)).toThrow(message);
  });
});
