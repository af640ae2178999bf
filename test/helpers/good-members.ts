/** What the good app of each hosting has in config/web for areas that came after the sample apps; where the default is good, nothing. */
export const GOOD_MEMBERS: Readonly<Record<string, string | number | boolean>> = {};
