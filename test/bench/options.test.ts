import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../bench/options.js';
import { FDS, QUICK_FDS, TRIALS } from '../../bench/trials.js';

describe('parseOptions', () => {
  it('asks for everything when nothing is said', () => {
    const options = parseOptions([]);
    expect(options).toMatchObject({ trials: TRIALS, subjects: [], fds: FDS, rounds: 5, quick: false });
  });

  it('asks for less with --quick, and an option of its own still counts', () => {
    expect(parseOptions(['--quick'])).toMatchObject({ fds: QUICK_FDS, rounds: 1 });
    expect(parseOptions(['--quick', '--rounds', '3', '--fds', '7'])).toMatchObject({ fds: [7], rounds: 3 });
  });

  it('takes several trials, subjects and numbers of descriptors', () => {
    const options = parseOptions([
      ...['--trial', 'idle', '--trial', 'echo', '--subject', 'ours', '--subject', 'c-epoll'],
      ...['--fds', '10,100'],
    ]);
    expect(options).toMatchObject({
      trials: ['idle', 'echo'],
      subjects: ['ours', 'c-epoll'],
      fds: [10, 100],
    });
  });

  it.each([
    [['--trial', 'nothing'], 'there is no trial nothing'],
    [['--subject', 'nobody'], 'there is no subject nobody'],
    [['--fds', '10,none'], '--fds is a number above zero, not none'],
    [['--rounds', '0'], '--rounds is a number above zero, not 0'],
    [['--ms', '1.5'], '--ms is a number above zero, not 1.5'],
    [['--fast'], "Unknown option '--fast'"],
    [['chain'], 'Unexpected argument'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
    expect(() => parseOptions(argv)).toThrow(message);
  });
});
