import { createConnection, socket } from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { both, thrownBy } from './bothways.js';

describe('createConnection', () => {
  both('takes the options of the plain one, and no others', function* () {
    // Bound but not listening: it refuses, and nobody else gets the port.
    using bound = socket();
    bound.bind(['127.0.0.1', 0]);
    const address = bound.getsockname();
    try {
      yield* createConnection(address, { allErrors: true });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AggregateError);
      expect(error).toMatchObject({ code: 'ECONNREFUSED', errors: [{ code: 'ECONNREFUSED' }] });
    }
    expect(yield* thrownBy(createConnection(address))).toBe('ConnectionRefusedError ECONNREFUSED');
    const misspelled = { timeOut: 1 } as object;
    expect(yield* thrownBy(createConnection(address, misspelled))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});
