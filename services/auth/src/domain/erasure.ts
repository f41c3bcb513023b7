/** The services that hear of an erasure and answer when they have done their part. */
export const ERASING_SERVICES = ["order", "payment"] as const;
export type ErasingService = (typeof ERASING_SERVICES)[number];
