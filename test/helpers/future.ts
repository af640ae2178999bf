/** A day that is never in the past, whenever the tests run, as an answer has it. */
export const FUTURE_DAY = `${new Date().getUTCFullYear() + 1}-05-01`;
