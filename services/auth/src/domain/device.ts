/** What a device is for. */
export const DEVICE_KINDS = ["kiosk", "kitchen", "panel", "counter"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];
