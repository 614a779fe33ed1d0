/** The selector to use unless there is a reason for another. */
import type { FileObject } from '../fileno.js';
import { EpollSelector } from './epoll.js';

/** The best selector of the system, which on Linux is {@link EpollSelector}. Python: `selectors.DefaultSelector`. */
export const DefaultSelector = EpollSelector;
/** The type of a {@link DefaultSelector}. */
export type DefaultSelector<D = unknown, F extends FileObject = any> = EpollSelector<D, F>;
