/** Waiting for a descriptor as a script does, which blocks, and as a service does, which awaits. */
import {
  type BaseSelector,
  EpollSelector,
  EVENT_READ,
  type FileObject,
  PollSelector,
  ready,
  SelectSelector,
} from 'fd-selectors';
import { expect } from 'vitest';

const SECONDS = 60;

/** Expects exactly one ready descriptor, this one, readable. */
function expectOnly(found: ReturnType<BaseSelector['select']>, fileobj: FileObject): void {
  expect(found.map(([, events]) => events)).toEqual([EVENT_READ]);
  expect(found[0]?.[0].fileobj).toBe(fileobj);
}

/**
 * Expects that every selector, blocking and awaited, and `ready()` find a descriptor silent, then
 * readable after `cause`, and silent again after `take`.
 */
export async function expectReadableBothWays(
  fileobj: FileObject,
  cause: () => void,
  take: () => void,
): Promise<void> {
  for (const Selector of [SelectSelector, PollSelector, EpollSelector]) {
    const sel = new Selector();
    sel.register(fileobj, EVENT_READ);
    expect(sel.select(0)).toEqual([]);
    cause();
    expectOnly(sel.select(SECONDS), fileobj);
    take();
    expect(sel.select(0)).toEqual([]);
    const pending = sel.selectAsync(SECONDS);
    cause();
    expectOnly(await pending, fileobj);
    take();
    sel.close();
  }
  expect(await ready(fileobj, EVENT_READ, { timeout: 0 })).toBe(0);
  const pending = ready(fileobj, EVENT_READ, { timeout: SECONDS });
  cause();
  expect(await pending).toBe(EVENT_READ);
  take();
}
