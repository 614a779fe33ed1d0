/** The selector to use unless you need another. */
import type { FileObject } from '../fileno.js';
import { EpollSelector } from './epoll.js';

/**
 * The most efficient selector of the system: on Linux, {@link EpollSelector}.
 *
 * Python: `selectors.DefaultSelector`.
 */
export const DefaultSelector = EpollSelector;
/** The type of a {@link DefaultSelector}. */
export type DefaultSelector<D = unknown, F extends FileObject = any> = EpollSelector<D, F>;
