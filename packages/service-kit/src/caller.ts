import { type Static, Type } from "typebox";

/** The roles a token can carry (the contract, auth service). */
export const ROLES = ["customer", "device", "kitchen", "cashier", "manager", "admin", "service"] as const;
export type Role = (typeof ROLES)[number];

/** How sure we are of who a customer is. */
export const LEVELS = ["anonymous", "identified", "registered"] as const;
export type Level = (typeof LEVELS)[number];

/** What a paired device is for. */
export const DEVICE_KINDS = ["kiosk", "kitchen", "panel", "counter"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** Who is calling, as its verified token says. Holds no personal data. */
export type Caller = {
  readonly id: string;
  readonly role: Role;
  readonly level: Level | null;
  readonly kind: DeviceKind | null;
  /** The paired device at which they stand: the device itself, or the one that asked for a person's token. */
  readonly deviceId: string | null;
  readonly clientId: string;
  /** How they proved who they are (RFC 9068 §2.2.1, `acr`); `null` where the token says nothing of it. */
  readonly acr: string | null;
  readonly scope: string;
  readonly tokenId: string;
  /** The key that signed the token (`kid`): its tokens go when it goes. */
  readonly keyId: string;
  /** In whole seconds; what a revocation list decides by. */
  readonly issuedAt: Date;
  readonly expiresAt: Date;
};

/**
 * The `acr` of staff who signed in without the second factor that this shop demands: such a token is for setting one up
 * and for nothing else. Auth decides about it when it issues the token; every service refuses it.
 */
export const ENROLMENT_ACR = "enrolment";

/** Who may call a route: a role, or one kind of device. */
export type Grant = Exclude<Role, "device"> | `device:${DeviceKind}`;

/**
 * A route's access: a list of grants; `public` (no token needed, but a bad one is still refused); or `tokenless` (the
 * `Authorization` header is not looked at: token endpoint, webhook, health).
 */
export type Access = "public" | "tokenless" | readonly Grant[];

/** Everybody who works in the shop, devices apart. */
export const STAFF = ["kitchen", "cashier", "manager", "admin"] as const satisfies readonly Grant[];

/** Whoever has a token at all: what they may see is decided thing by thing. */
export const EVERYBODY = [
  "customer",
  ...STAFF,
  "service",
  ...DEVICE_KINDS.map((kind) => `device:${kind}` as const),
] satisfies readonly Grant[];

/** Says whether `caller` holds one of `grants`. */
export function isGranted(caller: Caller, grants: readonly Grant[]): boolean {
  return grants.some((grant) => (caller.role === "device" ? grant === `device:${caller.kind}` : grant === caller.role));
}

/** The claims of an access token (RFC 9068 profile, with the roles of the house). */
export const AccessTokenClaims = Type.Object({
  iss: Type.String(),
  aud: Type.Union([Type.String(), Type.Array(Type.String())]),
  sub: Type.String({ minLength: 1 }),
  jti: Type.String({ minLength: 1 }),
  client_id: Type.String({ minLength: 1 }),
  iat: Type.Integer(),
  exp: Type.Integer(),
  role: Type.Enum(ROLES),
  level: Type.Optional(Type.Enum(LEVELS)),
  kind: Type.Optional(Type.Enum(DEVICE_KINDS)),
  device: Type.Optional(Type.String({ minLength: 1 })),
  scope: Type.Optional(Type.String()),
  acr: Type.Optional(Type.String()),
});
export type AccessTokenClaims = Static<typeof AccessTokenClaims>;
