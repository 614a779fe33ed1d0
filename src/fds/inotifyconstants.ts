/** The constants of inotify(7), by their C names and with the system's values. */
import { constant } from '../native.js';

/** Read. */
export const IN_ACCESS = constant('IN_ACCESS');
/** Written or truncated. */
export const IN_MODIFY = constant('IN_MODIFY');
/** Permissions, times, owner, links or other attributes changed. */
export const IN_ATTRIB = constant('IN_ATTRIB');
/** Closed after it was open for writing. */
export const IN_CLOSE_WRITE = constant('IN_CLOSE_WRITE');
/** Closed after it was open for reading only. */
export const IN_CLOSE_NOWRITE = constant('IN_CLOSE_NOWRITE');
/** Closed: IN_CLOSE_WRITE and IN_CLOSE_NOWRITE. */
export const IN_CLOSE = constant('IN_CLOSE');
/** Opened. */
export const IN_OPEN = constant('IN_OPEN');
/** A file was renamed, and this is where it was. */
export const IN_MOVED_FROM = constant('IN_MOVED_FROM');
/** A file was renamed, and this is where it is. */
export const IN_MOVED_TO = constant('IN_MOVED_TO');
/** Renamed: IN_MOVED_FROM and IN_MOVED_TO. */
export const IN_MOVE = constant('IN_MOVE');
/** Created in the watched directory. */
export const IN_CREATE = constant('IN_CREATE');
/** Deleted from the watched directory. */
export const IN_DELETE = constant('IN_DELETE');
/** The watched file itself was deleted. */
export const IN_DELETE_SELF = constant('IN_DELETE_SELF');
/** The watched file itself was renamed. */
export const IN_MOVE_SELF = constant('IN_MOVE_SELF');
/** All of the above. */
export const IN_ALL_EVENTS = constant('IN_ALL_EVENTS');
/** Reported unasked: the file system was unmounted. */
export const IN_UNMOUNT = constant('IN_UNMOUNT');
/** Reported unasked: the queue was full, and events are missing. */
export const IN_Q_OVERFLOW = constant('IN_Q_OVERFLOW');
/** Reported unasked: the watch is over. */
export const IN_IGNORED = constant('IN_IGNORED');
/** Reported unasked: the event is about a directory. */
export const IN_ISDIR = constant('IN_ISDIR');
/** Watch only if it is a directory. */
export const IN_ONLYDIR = constant('IN_ONLYDIR');
/** Watch a symbolic link itself. */
export const IN_DONT_FOLLOW = constant('IN_DONT_FOLLOW');
/** No events of files in the directory once they are deleted. */
export const IN_EXCL_UNLINK = constant('IN_EXCL_UNLINK');
/** Fail if the file is watched already. */
export const IN_MASK_CREATE = constant('IN_MASK_CREATE');
/** Add to the mask of a watch instead of replacing it. */
export const IN_MASK_ADD = constant('IN_MASK_ADD');
/** Report one event, then end the watch. */
export const IN_ONESHOT = constant('IN_ONESHOT');
