import { noteAct } from "@comanda/audit";
import { type App, callerOf, Line, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { DEVICE_KINDS } from "../domain/device.ts";
import { authProblem, authProblems } from "../problems.ts";
import type { CreateDevice } from "../use-cases/create-device.ts";
import { idempotencyHeaders, replayHeaders, requestKeyOf } from "./idempotency.ts";

type Deps = { readonly createDevice: CreateDevice };

const schema = {
  operationId: "create-device",
  tags: ["devices"],
  summary: "Make a device and get the code that pairs it",
  description:
    "The code is shown here and never again; it is good once, for ten minutes. The device trades it at `POST /token`.",
  headers: idempotencyHeaders,
  body: Type.Object(
    { name: Line({ max: 60, description: "What people call it" }), kind: Type.Enum(DEVICE_KINDS) },
    { examples: [{ name: "Totem da entrada", kind: "kiosk" }] },
  ),
  response: {
    201: Type.Object(
      { id: Type.String({ format: "uuid" }), pairing_code: Type.String() },
      { examples: [{ id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10", pairing_code: "K7QD-M3XW" }] },
    ),
    ...problemResponses(
      [
        "malformed-json",
        "unauthenticated",
        "forbidden",
        "body-too-large",
        "unsupported-media-type",
        "validation-failed",
        "idempotency-key-reused",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

/** `POST /devices` */
export function createDeviceRoute(app: App, deps: Deps): void {
  app.post("/devices", { config: { access: ["admin"], audit: "create-device" }, schema }, async (request, reply) => {
    const name = request.body.name.trim().normalize("NFC");
    const requestKey = requestKeyOf("create-device", request);
    const { kind } = request.body;
    const note = noteAct(request, { kind: "devices", details: { kind } });
    const created = await deps.createDevice({ name, kind, createdBy: callerOf(request).id, requestKey, note });
    if (!created.ok) throw authProblem(created.refusal);
    const { id, pairingCode, isReplay } = created.value;
    reply.code(201).headers({ ...replayHeaders(isReplay), "cache-control": "no-store" });
    return { id, pairing_code: pairingCode };
  });
}
