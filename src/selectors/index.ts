/** Python's `selectors`. */
export { BaseSelector, type DataArgument } from './base.js';
export { DefaultSelector } from './default.js';
export { EpollSelector } from './epoll.js';
export { EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from './events.js';
export { type Ready, SelectorKey } from './key.js';
export { SelectorMap } from './map.js';
export { PollSelector } from './poll.js';
export { SelectSelector } from './select.js';
