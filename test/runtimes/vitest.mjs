// What the tests import from vitest, where vitest itself does not run: its own describe, it and expect, without its
// workers. testfile.mjs runs what is collected.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { fn, restoreAllMocks, spyOn } from '@vitest/spy';

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
  test,
} from '@vitest/runner';

/** Milliseconds between two attempts of `expect.poll` and `vi.waitUntil`. */
const INTERVAL = 20;

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export function expect(value, message) {
  const { assertionCalls = 0 } = getState(expect) ?? {};
  setState({ assertionCalls: assertionCalls + 1 }, expect);
  return chai.expect(value, message);
}

/** Repeats an assertion until it holds. */
function poll(read, { timeout = 1000 } = {}) {
  const attempt =
    (matcher) =>
    async (...args) => {
      for (const end = performance.now() + timeout; ; ) {
        try {
          return await chai.expect(await read())[matcher](...args);
        } catch (error) {
          if (performance.now() > end) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, INTERVAL));
      }
    };
  return new Proxy({}, { get: (_target, matcher) => attempt(matcher) });
}

Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT], { poll });
expect.unreachable = (message) => chai.assert.fail(message ?? 'expected not to be reached');
expect.getState = () => getState(expect);
expect.setState = (state) => setState(state, expect);
setState({ assertionCalls: 0 }, expect);
expect.extend = (matchers) => chai.expect.extend(expect, matchers);
expect.extend(customMatchers);

async function waitUntil(read, { timeout = 1000 } = {}) {
  for (const end = performance.now() + timeout; ; ) {
    const value = await read();
    if (value) return value;
    if (performance.now() > end) throw new Error('Timed out in waitUntil');
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

export const vi = { fn, restoreAllMocks, spyOn, waitUntil };

/** Types are the compiler's: any chain of calls does nothing. */
export const expectTypeOf = () => {
  const nothing = new Proxy(() => nothing, { get: () => nothing });
  return nothing;
};
