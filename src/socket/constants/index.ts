/** The constants of Python's `socket`. */
export * from './families.js';
export * from './flags.js';
export * from './internet.js';
export * from './linux.js';
export * from './options.js';
