import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { firstNameOf } from "../domain/person.ts";
import type { People } from "../storage/people.ts";
import { listPeopleWithPin } from "../storage/pins.ts";

const schema = {
  operationId: "list-device-people",
  tags: ["devices"],
  summary: "Who may take over this screen by PIN: first names, nothing else",
  description: "For counter and kitchen devices. Each trades their PIN at `POST /token` (`urn:comanda:pin`).",
  response: {
    200: Type.Object(
      { items: Type.Array(Type.Object({ id: Type.String({ format: "uuid" }), name: Type.String() })) },
      { examples: [{ items: [{ id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10", name: "Rita" }] }] },
    ),
    ...problemResponses(["unauthenticated", "forbidden", "internal", "unavailable"]),
  },
} as const;

/** `GET /devices/people` */
export function listDevicePeopleRoute(app: App, { people }: { readonly people: People }): void {
  const config = { access: ["device:counter", "device:kitchen"] } as const;
  app.get("/devices/people", { config, schema }, async (_request, reply) => {
    const staff = await listPeopleWithPin(people);
    reply.header("cache-control", "no-store");
    return { items: staff.map(({ id, profile }) => ({ id, name: firstNameOf(profile?.name ?? "") })) };
  });
}
