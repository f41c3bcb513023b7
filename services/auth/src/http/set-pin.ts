import { noteAct } from "@comanda/audit";
import { type App, houseProblem, IdParams, languageOf, STAFF } from "@comanda/service-kit";
import { Type } from "typebox";
import { faultOfPin } from "../domain/pin.ts";
import type { SetPin } from "../use-cases/set-pin.ts";
import { accountProblems, CurrentPasswordSchema, insistOn, ownId } from "./own-account.ts";

const schema = {
  operationId: "set-pin",
  tags: ["staff"],
  summary: "Give oneself a PIN for the shop's paired screens",
  description: "Four to six digits, none that everybody tries first; needs the password.",
  params: IdParams,
  body: Type.Object(
    { password: CurrentPasswordSchema, pin: Type.String({ pattern: "^[0-9]{4,6}$" }) },
    { examples: [{ password: "dois sucos e um misto quente", pin: "4071" }] },
  ),
  response: {
    204: Type.Null({ description: "It is set" }),
    ...accountProblems(["wrong-password", "quota-exceeded"]),
  },
} as const;

const EASY = { pt: "é fácil de adivinhar; escolha outro", en: "is easy to guess; choose another" };

/** `PUT /customers/{id}/pin` */
export function setPinRoute(app: App, deps: { readonly setPin: SetPin }): void {
  app.put("/customers/:id/pin", { config: { access: STAFF, audit: "set-pin" }, schema }, async (request, reply) => {
    const personId = ownId(request);
    const { password, pin } = request.body;
    if (faultOfPin(pin) !== null) {
      const message = EASY[languageOf(request.headers["accept-language"])];
      throw houseProblem("validation-failed", { extensions: { errors: [{ path: "/pin", message }] } });
    }
    insistOn(await deps.setPin({ personId, password, pin, note: noteAct(request, { kind: "customers" }) }));
    reply.code(204);
    return null;
  });
}
