/** Runs of letters and digits in a text. Reports of a fleet have megabytes, so no object is made for a run. */

/** Whether it is the code of an ASCII letter or digit; NaN is the code behind the end of a text. */
const isLetterOrDigit = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);

/** Calls `visit` with the begin and the end of each run of ASCII letters and digits that has at least `least` characters. */
export function forEachRun(text: string, least: number, visit: (start: number, end: number) => void): void {
  for (let at = 0; at + least <= text.length;) {
    let [start, end] = [at + least - 1, at + least];
    // No run that begins before this character is long enough.
    if (!isLetterOrDigit(text.charCodeAt(start))) {
      at = end;
      continue;
    }
    while (start > at && isLetterOrDigit(text.charCodeAt(start - 1))) start -= 1;
    while (isLetterOrDigit(text.charCodeAt(end))) end += 1;
    at = end + 1;
    if (end - start >= least) visit(start, end);
  }
}
