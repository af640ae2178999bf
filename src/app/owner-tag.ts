/** The default tag that names the owner of an app. */
export const OWNER_TAG = 'owner';
