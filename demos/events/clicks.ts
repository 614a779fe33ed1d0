/**
 * A mouse that clicks: a queue of events, and a loop that calls handlers
 *
 * This is all of event-driven programming, without any I/O. Something puts events into a queue; a loop
 * takes them out one by one, and calls the function that was registered for their kind.
 *
 * The idea to look for: only the loop calls `onClick`, and a handler that has more to say puts an
 * event into the queue, too. While a handler runs, nothing else does: each has to be short.
 *
 * Order: 42
 */
import { parseOptions } from '../support/options.js';
import { line } from '../support/progress.js';

interface Event {
  readonly kind: string;
  readonly x: number;
  readonly y: number;
}

const queue: Event[] = [];
const handlers = new Map<string, (event: Event) => void>();

parseOptions({});

handlers.set('move', ({ x, y }) => line(`  the pointer is at ${x}, ${y}`));
handlers.set('click', onClick);
handlers.set('open', ({ x, y }) => line(`  the window at ${x}, ${y} opens`));

mouse();
while (queue.length > 0) {
  const event = queue.shift() as Event;
  line(`${event.kind}, and ${queue.length} more in the queue`);
  handlers.get(event.kind)?.(event);
}
line('the queue is empty: a real program would wait for the next event here');

function onClick({ x, y }: Event): void {
  line(`  clicked at ${x}, ${y}: let the window there open, when its turn comes`);
  queue.push({ kind: 'open', x, y });
}

/** What the hand of a person does. It knows no handler. */
function mouse(): void {
  queue.push({ kind: 'move', x: 10, y: 20 }, { kind: 'click', x: 10, y: 20 }, { kind: 'move', x: 40, y: 20 });
}
