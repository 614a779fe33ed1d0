/**
 * A mouse that clicks: a queue of events, and a loop that calls handlers
 *
 * This is all of event-driven programming, without any I/O. Something puts events into a queue; a loop
 * takes them out one by one, and calls the handler that is registered for their kind.
 *
 * The idea to look for: only the loop calls handlers. A handler with more to do puts another event into the
 * queue. While a handler runs, nothing else does, so each has to be short.
 *
 * Order: 42
 */
import { parseOptions } from '../support/options.js';
import { line } from '../support/progress.js';

type Event = { readonly kind: 'move' | 'click' | 'open'; readonly x: number; readonly y: number };

/** What the mouse has done. */
const queue: Event[] = [
  { kind: 'move', x: 10, y: 20 },
  { kind: 'click', x: 10, y: 20 },
  { kind: 'move', x: 40, y: 20 },
];
const handlers: Record<Event['kind'], (event: Event) => void> = {
  move: ({ x, y }) => line(`  the pointer is at ${x}, ${y}`),
  click: ({ x, y }) => {
    line(`  clicked at ${x}, ${y}: let the window there open, when its turn comes`);
    queue.push({ kind: 'open', x, y });
  },
  open: ({ x, y }) => line(`  the window at ${x}, ${y} opens`),
};

parseOptions({});
for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
  line(`${event.kind}, and ${queue.length} more in the queue`);
  handlers[event.kind](event);
}
line('the queue is empty: a real program would wait for the next event here');
