import type { Charge } from "../domain/charge.ts";
import { noteAskedAgain, noteProviderAnswer, qrSecondsOf } from "../domain/create-charge.ts";
import type { CreatedAtProvider, ProviderResult } from "../domain/provider-charge.ts";
import { applyToStored, type ChargeDesk } from "./charge-desk.ts";

/**
 * Asks the provider for a charge that is `created`, with the key that follows from its id: asked twice, made once. After
 * a time-out the charge stays `created`, and the sweeper comes here again with the same key.
 */
export function makeAtProvider(desk: ChargeDesk, charge: Charge, traceparent: string | null): Promise<Charge> {
  return desk.turns.take(`provider ${charge.id}`, () => ask(desk, charge, traceparent));
}

/** Asks once more for a charge that is not made as far as we know; that it is asked stands there before it is. */
export function makeAgain(desk: ChargeDesk, charge: Charge, traceparent: string | null): Promise<Charge> {
  return desk.turns.take(`provider ${charge.id}`, async () => {
    const noted = (await applyToStored(desk, { id: charge.id, traceparent }, noteAskedAgain)) ?? charge;
    return noted.status === "created" && noted.providerId === null ? ask(desk, noted, traceparent) : noted;
  });
}

async function ask(desk: ChargeDesk, charge: Charge, traceparent: string | null): Promise<Charge> {
  const askedAt = desk.clock.now();
  const answer = await askFor(desk, charge);
  if (answer.outcome !== "done") {
    desk.log.warn({ charge: charge.id, ...answer }, "the provider did not make the charge");
  } else if (answer.value.distrust !== null) {
    desk.log.error({ charge: charge.id, distrust: answer.value.distrust }, "a QR was not shown");
  }
  const noted = await applyToStored(desk, { id: charge.id, traceparent }, (stored, moment) =>
    noteProviderAnswer(stored, answer, { ...moment, askedAt }),
  );
  return noted ?? charge;
}

function askFor({ provider }: ChargeDesk, charge: Charge): Promise<ProviderResult<CreatedAtProvider>> {
  switch (charge.method) {
    case "link":
      return provider.createLink(charge);
    case "terminal":
      return provider.createTerminalCharge(charge, qrSecondsOf(charge));
    case "qr":
    case "counter":
      return provider.createQrCharge(charge, qrSecondsOf(charge));
  }
}
