/**
 * Milliseconds after which a program that a test started is taken for stuck. No test is about how fast anything is:
 * a machine may be a hundred times slower than the one on which the test was written.
 */
export const LIMIT = 120_000;
