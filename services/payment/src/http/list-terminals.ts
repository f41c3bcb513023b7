import { type App, IdSchema, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { ChargeDesk } from "../use-cases/charge-desk.ts";

const schema = {
  operationId: "list-terminals",
  tags: ["points of sale"],
  summary: "The card terminals that Mercado Pago knows of",
  description: "Read there at this moment. Only a terminal in the mode `PDV` takes charges of ours.",
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          id: Type.String(),
          operating_mode: Type.String({ examples: ["PDV", "STANDALONE"] }),
          external_pos_id: Nullable(Type.String()),
          device_ids: Type.Array(IdSchema, { description: "The devices whose charges it takes" }),
        }),
      ),
    }),
    ...problemResponses(
      ["unauthenticated", "forbidden", "internal", "unavailable", "provider-unavailable"],
      paymentProblems,
    ),
  },
} as const;

/** `GET /payments/terminals` */
export function listTerminalsRoute(app: App, { store, provider }: Pick<ChargeDesk, "store" | "provider">): void {
  app.get("/payments/terminals", { config: { access: ["manager", "admin"] }, schema }, async () => {
    const [terminals, known] = await Promise.all([provider.listTerminals(), store.pointsOfSale.list()]);
    if (terminals.outcome !== "done") {
      throw paymentProblem("provider-unavailable", { headers: { "retry-after": "2" } });
    }
    return {
      items: terminals.value.map(({ id, operatingMode, externalPosId }) => ({
        id,
        operating_mode: operatingMode,
        external_pos_id: externalPosId,
        device_ids: known.filter(({ terminalId }) => terminalId === id).map(({ deviceId }) => deviceId),
      })),
    };
  });
}
