/** Python's `selectors`. */
export { BaseSelector, type DataArgument, type WaitOptions } from './base.js';
export { DefaultSelector } from './default.js';
export { EpollSelector } from './epoll.js';
export { EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from './events.js';
export { type Ready, SelectorKey } from './key.js';
export { SelectorMap } from './map.js';
export type {
  CloseMessage,
  ErrorMessage,
  GhostMessage,
  ModifyMessage,
  RegisterMessage,
  SelectMessage,
  SelectorMessage,
} from './messages.js';
export { PollSelector } from './poll.js';
export { type ReadyOptions, ready } from './ready.js';
export { SelectSelector } from './select.js';
