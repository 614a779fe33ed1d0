import {
  type BaseSelector,
  DefaultSelector,
  EpollSelector,
  PollSelector,
  SelectSelector,
} from 'fd-selectors';

type SelectorClass = new () => BaseSelector;

/** Every implementation runs the same suites; to add one, name it here. */
export const classes: [name: string, Class: SelectorClass][] = [
  ['SelectSelector', SelectSelector],
  ['PollSelector', PollSelector],
  ['EpollSelector', EpollSelector],
  ['DefaultSelector', DefaultSelector],
];
