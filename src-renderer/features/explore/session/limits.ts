/** What `logs.defaultLimit` is out of the box; used for the moment before the settings are here. */
export const SETTING_LIMIT_FALLBACK = 100_000;
