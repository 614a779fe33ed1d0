import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../bench/options.js';
import { QUICK_SIZES, SIZES, TRIALS } from '../../bench/trials.js';

describe('parseOptions', () => {
  it('asks for everything when nothing is said', () => {
    const options = parseOptions([]);
    expect(options).toMatchObject({ trials: TRIALS, subjects: [], sizes: SIZES, rounds: 9, quick: false });
  });

  it('asks for less with --quick, and an option of its own still counts', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ sizes: QUICK_SIZES, rounds: 1 });
    expect(parseOptions(['--quick', '--rounds', '3', '--fds', '7'])).toMatchObject({
      sizes: { ...QUICK_SIZES, fds: [7] },
      rounds: 3,
    });
  });

  it('takes several trials, subjects and sizes', () => {
    const options = parseOptions([
      ...['--trial', 'idle', '--trial', 'echo', '--subject', 'ours', '--subject', 'c-epoll'],
      ...['--fds', '100,10,100', '--connections', '5', '--bytes', '1,2'],
    ]);
    expect(options).toMatchObject({
      trials: ['idle', 'echo'],
      subjects: ['ours', 'c-epoll'],
      sizes: { fds: [10, 100], connections: [5], bytes: [1, 2], quick: false },
    });
  });

  it.each([
    [['--trial', 'nothing'], 'there is no trial nothing'],
    [['--subject', 'nobody'], 'there is no subject nobody'],
    [['--fds', '10,none'], '--fds is a number above zero, not none'],
    [['--connections', '0'], '--connections is a number above zero, not 0'],
    [['--bytes', ''], '--bytes is a number above zero, not '],
    [['--rounds', '0'], '--rounds is a number above zero, not 0'],
    [['--ms', '1.5'], '--ms is a number above zero, not 1.5'],
    [['--fast'], "Unknown option '--fast'"],
    [['chain'], 'Unexpected argument'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
