/** `NODE_DEBUG=fd-selectors` prints to stderr what the diagnostics channels say. */
import { debuglog } from 'node:util';
import { classNameOf } from '../arguments.js';
import type { FileObject } from '../fileno.js';
import { namesOf, type SelectorKey } from './key.js';
import type {
  CloseMessage,
  ErrorMessage,
  GhostMessage,
  ModifyMessage,
  RegisterMessage,
  SelectMessage,
} from './messages.js';
import { channels } from './observe.js';

const numbers = new WeakMap<object, number>();
let count = 0;

/** `EpollSelector#1`: the class, and a number that tells the selectors of a thread apart. */
function nameOf(selector: object): string {
  const number = numbers.get(selector) ?? ++count;
  numbers.set(selector, number);
  return `${classNameOf(selector)}#${number}`;
}

function show({ fd, events }: SelectorKey<unknown, FileObject>): string {
  return `fd ${fd} ${namesOf(events)}`;
}

function showSelect({ async, timeout, count, ready, duration }: SelectMessage): string {
  const call = `${async ? 'selectAsync' : 'select'}(${timeout ?? ''})`;
  const found = ready.map(([{ fd }, events]) => `fd ${fd} ${namesOf(events)}`);
  return [`${call}: ${count} ready in ${(duration * 1e3).toFixed(3)} ms`, ...found].join(', ');
}

/** The text for a message of each channel. */
const texts = {
  register: ({ key }: RegisterMessage) => `register ${show(key)}`,
  modify: ({ key, previous }: ModifyMessage) => `modify ${show(key)}, before ${namesOf(previous.events)}`,
  unregister: ({ key }: RegisterMessage) => `unregister ${show(key)}`,
  select: showSelect,
  ghost: ({ fd }: GhostMessage) => `ghost: fd ${fd} was closed before it was unregistered`,
  error: ({ method, error }: ErrorMessage) => `${method} failed: ${error}`,
  close: ({ registered }: CloseMessage) => `close, registered: ${registered}`,
};

const debug = debuglog('fd-selectors');
// Bun does not say. Deno does, and would ask for a permission to read the environment.
const { enabled = /(^|,)fd-selectors(,|$)/i.test(process.env['NODE_DEBUG'] ?? '') } = debug as {
  enabled?: boolean;
};
if (enabled) {
  for (const [name, text] of Object.entries(texts)) {
    channels[name as keyof typeof channels].subscribe((message) => {
      debug('%s %s', nameOf((message as RegisterMessage).selector), text(message as never));
    });
  }
}
