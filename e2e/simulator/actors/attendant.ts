import { refundItem } from "../../../services/order/src/use-cases/refund-line.ts";
import { cancelCharge } from "../../../services/payment/src/use-cases/cancel-charge.ts";
import { setPointOfSale } from "../../../services/payment/src/use-cases/set-point-of-sale.ts";
import type { World } from "../services/world.ts";
import { all } from "../stores/charge-tables.ts";
import { makePerson, type Person } from "./person.ts";
import { EVERYTHING, STAFF_ID, shift } from "./staff.ts";

/**
 * Whoever helps at the totems of a shop that has card terminals: looks at one that ended unclear, gives the money of
 * refused lines back, puts a terminal away and back again.
 */
export function attendant(world: World): Promise<void> {
  const person = makePerson(world, "attendant", "staff");
  if (world.setting.totems.length === 0) return Promise.resolve();
  return shift(world, person, {
    everyMs: 12_000,
    task: async () => {
      const act = person.dice.weigh({ look: 6, refund: 4, putAway: 1 });
      if (act === "look") return lookAtTerminal(world, person);
      if (act === "refund") return refundRefused(world, person);
      return putAway(world, person);
    },
  });
}

/** The screen says that somebody must look; the card was not charged as far as can be seen there. */
async function lookAtTerminal({ chargeTables }: World, person: Person): Promise<void> {
  const unclear = all(chargeTables).filter(
    ({ status, detail }) => status === "in_process" && detail === "check_on_terminal",
  );
  if (unclear.length === 0) return;
  const { id } = person.dice.pick(unclear);
  await person.askPayment("POST /payments/{id}/cancel", ({ desk }) =>
    cancelCharge(desk, id, { reason: "looked at the terminal", refundIfPaid: false, traceparent: null }),
  );
}

async function refundRefused({ orderTables }: World, person: Person): Promise<void> {
  const refused = [...orderTables.orders.values()].flatMap(({ id, channel, lines }) =>
    channel !== "kiosk"
      ? []
      : lines
          .filter(({ status, refundAskedAt }) => status === "refused" && refundAskedAt === null)
          .map((line) => ({ orderId: id, lineId: line.id })),
  );
  if (refused.length === 0) return;
  const actor = { role: "cashier", id: STAFF_ID } as const;
  const command = { ...person.dice.pick(refused), actor, viewer: EVERYTHING, traceparent: null };
  await person.askOrder("POST /orders/{id}/items/{id}/refund", ({ deps }) => refundItem(deps, command));
}

async function putAway({ setting }: World, person: Person): Promise<void> {
  const { deviceId, terminalId } = person.dice.pick(setting.totems);
  const set = (id: string | null) =>
    person.askPayment("PUT /payments/points_of_sale/{id}", ({ desk }) =>
      setPointOfSale(desk, { deviceId, externalPosId: null, terminalId: id }),
    );
  await set(null);
  await person.sleep(person.dice.between(1_000, 20_000));
  await set(terminalId);
}
