import { pipe } from 'fd-selectors/fds';
import { POLLIN, POLLNVAL, POLLOUT } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { pollOne } from '../src/pollone.js';

describe('pollOne', () => {
  it('returns the events that are ready, and 0 after the timeout', () => {
    const [reader, writer] = pipe();
    expect(pollOne(reader.fileno(), POLLIN, 0)).toBe(0);
    expect(pollOne(writer.fileno(), POLLIN | POLLOUT, 1)).toBe(POLLOUT);
    writer.write(Buffer.from('x'));
    expect(pollOne(reader.fileno(), POLLIN, 1)).toBe(POLLIN);
    expect(pollOne(reader.fileno(), 0, 0)).toBe(0);
    reader.close();
    writer.close();
  });

  it('reports a closed descriptor', () => {
    const [reader, writer] = pipe();
    const fd = reader.fileno();
    reader.close();
    expect(pollOne(fd, POLLIN, 0)).toBe(POLLNVAL);
    writer.close();
  });
});
