/** The constants of inotify(7), by their C names and with the system's values. */
import { constant } from '../native.js';

/** The file was read. */
export const IN_ACCESS = constant('IN_ACCESS');
/** The file was written or truncated. */
export const IN_MODIFY = constant('IN_MODIFY');
/** The file's permissions, times, owner, links or other attributes changed. */
export const IN_ATTRIB = constant('IN_ATTRIB');
/** The file was closed, having been open for writing. */
export const IN_CLOSE_WRITE = constant('IN_CLOSE_WRITE');
/** The file was closed, having been open only for reading. */
export const IN_CLOSE_NOWRITE = constant('IN_CLOSE_NOWRITE');
/** IN_CLOSE_WRITE and IN_CLOSE_NOWRITE. */
export const IN_CLOSE = constant('IN_CLOSE');
/** The file was opened. */
export const IN_OPEN = constant('IN_OPEN');
/** A file was renamed; the event has its old name. */
export const IN_MOVED_FROM = constant('IN_MOVED_FROM');
/** A file was renamed; the event has its new name. */
export const IN_MOVED_TO = constant('IN_MOVED_TO');
/** IN_MOVED_FROM and IN_MOVED_TO. */
export const IN_MOVE = constant('IN_MOVE');
/** A file was created in the watched directory. */
export const IN_CREATE = constant('IN_CREATE');
/** A file was deleted from the watched directory. */
export const IN_DELETE = constant('IN_DELETE');
/** The watched file itself was deleted. */
export const IN_DELETE_SELF = constant('IN_DELETE_SELF');
/** The watched file itself was renamed. */
export const IN_MOVE_SELF = constant('IN_MOVE_SELF');
/** All of the above. */
export const IN_ALL_EVENTS = constant('IN_ALL_EVENTS');
/** Always reported: the file system was unmounted. */
export const IN_UNMOUNT = constant('IN_UNMOUNT');
/** Always reported: the queue overflowed, and events were lost. */
export const IN_Q_OVERFLOW = constant('IN_Q_OVERFLOW');
/** Always reported: the watch ended. */
export const IN_IGNORED = constant('IN_IGNORED');
/** Always reported: the event is on a directory. */
export const IN_ISDIR = constant('IN_ISDIR');
/** Watch the path only if it is a directory. */
export const IN_ONLYDIR = constant('IN_ONLYDIR');
/** Watch a symbolic link itself, not its target. */
export const IN_DONT_FOLLOW = constant('IN_DONT_FOLLOW');
/** Report no events on files once they are deleted from the directory. */
export const IN_EXCL_UNLINK = constant('IN_EXCL_UNLINK');
/** Fail if the file is already watched. */
export const IN_MASK_CREATE = constant('IN_MASK_CREATE');
/** Add to the mask of a watch instead of replacing it. */
export const IN_MASK_ADD = constant('IN_MASK_ADD');
/** Report one event, then end the watch. */
export const IN_ONESHOT = constant('IN_ONESHOT');
