import type { TokenVerifier } from "@comanda/service-kit";
import { pinRoleAt } from "../domain/pin.ts";
import type { NoteAct } from "../use-cases/act-and-note.ts";
import type { SwitchByPin } from "../use-cases/switch-by-pin.ts";
import { type Form, OAuthError } from "./token-form.ts";
import { viewOfAccessToken } from "./views.ts";

type Deps = {
  readonly switchByPin: SwitchByPin;
  readonly verifyToken: TokenVerifier;
  readonly authorization: string | undefined;
  readonly agent: string | null;
  readonly onPinEnded: NoteAct;
};

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `grant_type=urn:comanda:pin`: somebody of the shop at a paired counter or kitchen screen, whose token is the bearer. */
export async function answerPin(form: Form, deps: Deps) {
  const { switchByPin, verifyToken, authorization, agent, onPinEnded: onEnded } = deps;
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? "")?.[1];
  const device = token === undefined ? null : await verifyToken(token);
  const role = device?.role === "device" ? pinRoleAt(device.kind) : null;
  if (device === null || role === null) {
    const challenge = authorization === undefined || device !== null ? "Bearer" : 'Bearer error="invalid_token"';
    throw new OAuthError("a paired counter or kitchen device is needed", { error: "invalid_client", challenge });
  }
  const personId = form.get("person_id")?.toLowerCase();
  const pin = form.get("pin");
  if (personId === undefined || pin === undefined || !ID.test(personId)) {
    throw new OAuthError("person_id and pin are needed", { error: "invalid_request" });
  }
  const switched = await switchByPin({ personId, pin, device: { id: device.id, role }, agent, onEnded });
  if (switched.ok) {
    return { ...viewOfAccessToken(switched.value), scope: switched.value.scope, customer_id: personId };
  }
  if (switched.refusal.why === "wrong-pin") throw new OAuthError("wrong PIN", { error: "invalid_grant" });
  const { waitSeconds: retryAfterSeconds } = switched.refusal;
  throw new OAuthError("too many wrong PINs", { error: "slow_down", retryAfterSeconds });
}
