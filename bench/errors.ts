/** The command line asks for what cannot be; the message says what can. */
export class UsageError extends Error {}
