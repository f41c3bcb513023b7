import { Type } from "typebox";
import { Value } from "typebox/value";
import type { ErasingService } from "../domain/erasure.ts";

/** Another service did not answer rightly; answered 503, for half an export would be no export. */
export class ServiceAwayError extends Error {
  override readonly name = "ServiceAwayError";
}

/**
 * What another service holds about a person: `orders` or `payments`, as it shows them; `withRecognised` also what was
 * ordered by typing their CPF, which anybody can (docs/adr/0029).
 */
export type ReadHeld = (
  service: ErasingService,
  whose: { readonly personId: string; readonly withRecognised: boolean },
) => Promise<readonly unknown[]>;

const TIMEOUT_MS = 20_000;
const Answer = {
  order: Type.Object({ orders: Type.Array(Type.Unknown()) }),
  payment: Type.Object({ payments: Type.Array(Type.Unknown()) }),
};

export function makeReadHeld(options: {
  readonly urls: Readonly<Record<ErasingService, string>>;
  readonly tokenFor: (audience: ErasingService) => Promise<string>;
}): ReadHeld {
  return async (service, { personId, withRecognised }) => {
    const query = withRecognised && service === "order" ? "?recognised=true" : "";
    const answer = await ask(new URL(`/privacy/customers/${personId}${query}`, options.urls[service]), {
      service,
      token: await options.tokenFor(service),
    });
    if (service === "order" && Value.Check(Answer.order, answer)) return answer.orders;
    if (service === "payment" && Value.Check(Answer.payment, answer)) return answer.payments;
    throw new ServiceAwayError(`${service} answered something else than a person's data`);
  };
}

async function ask(url: URL, { service, token }: { service: string; token: string }): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw new ServiceAwayError(`${service} could not be asked for a person's data`, { cause });
  }
}
