/** Every place where we part from CPython, by name, with the reason. What is not here is a bug. */
import type { Target } from './interpret.js';

interface Difference {
  /** The targets that show it; all that run the script, if left out. */
  readonly targets?: readonly Target[];
  readonly reason: string;
}

/** Those that a line of a script shows: after `!name` there, the logs must differ. */
export const differences: Readonly<Record<string, Difference>> = {
  'modify-takes-invalid-masks': {
    targets: ['Poll', 'Epoll'],
    reason: 'modify takes any mask there; here it is a ValueError',
  },
  'modify-drops-on-invalid-masks': {
    targets: ['Select'],
    reason: 'modify refuses a mask after it has dropped the key there; here the registration stays as it was',
  },
  'modify-keeps-the-object': {
    targets: ['Select'],
    reason:
      'modify on Select is unregister and register there, so its key takes over the object given, and an ' +
      'object without a descriptor loses its registration; here all three keep the one registered',
  },
  'modify-keeps-the-place': {
    targets: ['Select'],
    reason: 'the same once more: on Select a modified key goes to the end of the map there',
  },
  'usable-after-close': {
    targets: ['Select', 'Poll'],
    reason: 'these go on working once closed there; here all but close() is a ValueError',
  },
  'after-close': {
    reason: 'each class behaves differently once closed there; here all but close() is a ValueError',
  },
  ghosts: {
    targets: ['Epoll'],
    reason: 'a descriptor closed while a duplicate lives makes select() return at once for ever there',
  },
  'ghosts-hide': {
    targets: ['Epoll'],
    reason: 'a ghost fills the buffer of events there, and a ready descriptor goes unseen',
  },
  priority: {
    reason: 'EVENT_PRIORITY exists only here',
  },
  'select-refuses-at-register': {
    targets: ['Select'],
    reason:
      'a descriptor above FD_SETSIZE is taken there, and from then on every select() fails; here register refuses',
  },
  'too-large-a-number': {
    reason: 'a number that the kernel gives to no descriptor is refused everywhere here, in has(), too',
  },
  'long-timeouts-are-clamped': {
    targets: ['Poll', 'Epoll', 'epoll'],
    reason: 'more milliseconds than an int holds are an OverflowError there, a very long wait here',
  },
  'errors-have-a-code': {
    reason: 'the OSError for bad flags has no errno there; here it is that of the kernel, EINVAL',
  },
  'masks-are-not-truncated': {
    reason: 'epoll cuts a mask to 32 bits there without a word; here it is a ValueError',
  },
  'no-mask': {
    reason: 'undefined is an argument left out in JavaScript, None is a value in Python',
  },
};

/** What CPython prints, in the words of JavaScript. */
export function translated(line: string): string {
  // JavaScript has no OverflowError. A number out of range is a RangeError, which ValueError extends.
  return line === 'OverflowError' ? 'ValueError' : line;
}

/** Those that no log can show, so that nobody misses them in the table above. */
export const unseen: Readonly<Record<string, string>> = {
  nanoseconds:
    'Poll and Epoll round a timeout up to a millisecond there; neither is early, which is compared',
  signals: 'a wait goes on after a signal there, and ends here; test/select and test/selectors show it',
  threads: 'registering from another thread during a wait; a selector belongs to one thread here',
  flags: 'EpollSelector.register(..., flags) exists only here',
  missing: 'map[fileobj] is a KeyError there; getMap().get() is compared with map.get(), the two agree',
};
