/** What no shell takes for something else. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * A word as it is to be typed at a POSIX shell: what has blanks or other characters that mean something there is quoted.
 * Control characters, which would break the line or reach the terminal, are escaped: `$'a\012b'` (POSIX.1-2024 §2.2.4;
 * bash, ksh and zsh have had it for long).
 */
export function shellQuote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!CONTROL.test(word)) return `'${word.replaceAll('\'', '\'\\\'\'')}'`;
  return `$'${word.replace(/[\\']/g, '\\$&').replaceAll(new RegExp(CONTROL, 'g'), octal)}'`;
}

/** Each byte of a character as `\033`. */
function octal(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
