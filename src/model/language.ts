// The languages in which the trail is told.
export const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];
