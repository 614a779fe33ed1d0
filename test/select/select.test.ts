import { spawnSync } from 'node:child_process';
import { type FileObject, select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { codeOf, pair } from '../support/descriptors.js';
import { LIMIT } from '../support/limit.js';
import { thrown } from '../support/thrown.js';

const byte = new Uint8Array(1);

describe('select', () => {
  it('returns three new lists of the very objects, in order, duplicates kept', () => {
    const [a, b] = pair();
    const wrapper = { fileno: () => a.fileno() };
    b.send(byte);
    const rlist = [b, wrapper, a.fileno(), wrapper];
    const result = select(rlist, [wrapper, a], [a], 1);
    expect(result).toEqual([[wrapper, a.fileno(), wrapper], [wrapper, a], []]);
    expect(result[0][0]).toBe(wrapper);
    expect(result[0]).not.toBe(rlist);
  });

  it('takes any iterable', () => {
    const [a] = pair();
    expect(select(new Set<never>(), new Set([a]), [].values(), 0)).toEqual([[], [a], []]);
  });

  it('watches what is left of a list that fileno() shortens, as CPython does', () => {
    const [a] = pair();
    const list: FileObject[] = [];
    const shrinking = {
      fileno(): number {
        if (list.length > 5) list.pop();
        return a.fileno();
      },
    };
    list.push(...Array.from({ length: 10 }, () => shrinking));
    expect(select([], list, [], 0)[1]).toEqual(Array.from({ length: 5 }, () => shrinking));
    list.push(...Array.from({ length: 10 }, () => shrinking));
    expect(select([], new Set([shrinking]), [], 0)[1]).toEqual([shrinking]);
  });

  it('takes FD_SETSIZE entries, and does not follow a list that grows forever', () => {
    const [a] = pair();
    expect(
      select(
        [],
        Array.from({ length: 1024 }, () => a),
        [],
        0,
      )[1],
    ).toHaveLength(1024);
    const list: FileObject[] = [];
    const growing = {
      fileno: () => {
        list.push(growing);
        return a.fileno();
      },
    };
    list.push(growing);
    for (const long of [list, Array.from({ length: 1025 }, () => a)]) {
      expect(thrown(() => select([], long, [], 0))).toBe('ValueError ERR_OUT_OF_RANGE');
    }
  });

  it('waits at least for its timeout, also with nothing to watch', () => {
    const [a] = pair();
    for (const rlist of [[], [a]]) {
      const start = process.hrtime.bigint();
      expect(select(rlist, [], [], 0.010_01)).toEqual([[], [], []]);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(0.010_01);
    }
  });

  it.each([
    ['a negative timeout', () => select([], [], [], -1), 'ERR_INVALID_TIMEOUT'],
    ['NaN', () => select([], [], [], Number.NaN), 'ERR_INVALID_TIMEOUT'],
    ['Infinity', () => select([], [], [], Number.POSITIVE_INFINITY), 'ERR_INVALID_TIMEOUT'],
    ['a timeout that is no number', () => select([], [], [], '1' as never), 'ERR_INVALID_ARG_TYPE'],
    ['a negative descriptor', () => select([-1], [], []), 'ERR_INVALID_FD'],
    ['a string as descriptor', () => select([], ['x' as never], []), 'ERR_INVALID_ARG_TYPE'],
    ['an object without descriptor', () => select([], [], [{} as never]), 'ERR_INVALID_ARG_TYPE'],
    ['no list', () => select(1 as never, [], []), 'ERR_INVALID_ARG_TYPE'],
    ['no list at all', () => (select as () => unknown)(), 'ERR_INVALID_ARG_TYPE'],
    ['FD_SETSIZE', () => select([1024], [], [], 0), 'ERR_FD_OUT_OF_RANGE'],
    ['5000', () => select([], [], [5000], 0), 'ERR_FD_OUT_OF_RANGE'],
  ])('refuses %s', (_what, call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('refuses a closed descriptor', () => {
    const [a] = pair();
    const fd = a.fileno();
    a.close();
    expect(codeOf(() => select([fd], [], [], 0))).toBe('EBADF');
  });

  it('returns early with empty lists when a signal arrives', () => {
    // A JavaScript handler keeps the signal from killing; that it runs after select is the point.
    const script = `
      import { select } from 'fd-selectors/select';
      import { spawn } from 'node:child_process';
      process.on('SIGUSR1', () => { console.log('handled'); process.exit(); });
      const killer = spawn('sh', ['-c', 'while kill -USR1 ' + process.pid + '; do sleep 0.05; done'], { stdio: 'ignore' });
      killer.unref();
      await new Promise((resolve) => killer.once('spawn', resolve));
      console.log(JSON.stringify(select([], [], [], 100)));
      setTimeout(() => {}, 100_000);
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: LIMIT,
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('[[],[],[]]\nhandled\n');
  });
});
