/** The class and the code of what a call throws, as `'ValueError ERR_INVALID_PORT'`. */
export function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    return `${name} ${code}`;
  }
  return 'nothing';
}
