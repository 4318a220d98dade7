/** What no shell takes for something else. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word as it is to be typed at a POSIX shell: what has blanks or other characters that mean something there is quoted. */
export function shellQuote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`;
}
