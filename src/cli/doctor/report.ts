/** What the doctor finds. */

/** `ok`: as it should be; `note`: something is limited or missing, and the rest works; `bad`: a user must act. */
export type State = 'ok' | 'note' | 'bad';

/** One line of the report. */
export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly text: string;
}

/** Findings under a heading. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** All that the doctor says; `--json` prints it. */
export interface Report {
  readonly version: string;
  readonly runtime: string;
  readonly sections: readonly Section[];
}

/** What works. */
export const ok = (name: string, text: string): Finding => ({ name, state: 'ok', text });
/** What need not work, or works in another way. */
export const note = (name: string, text: string): Finding => ({ name, state: 'note', text });
/** What has to work, and does not. */
export const bad = (name: string, text: string): Finding => ({ name, state: 'bad', text });

/** The code of an error, or else its message. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return String(code ?? message ?? error);
}
