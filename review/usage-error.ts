/** What is wrong with the words of a command, which is for whoever has written them. */
export class UsageError extends Error {
  /** EX_USAGE of sysexits.h. */
  public readonly exitCode = 64;
}
