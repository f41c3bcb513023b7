import { makeDice } from "../../chaos/dice.ts";
import type { World } from "../services/world.ts";

/** How far a clock may be wrong for a while; what was planned meanwhile may be that much later. */
export const JUMP_MAX_MS = 5 * 60_000;
const CUT_MAX_MS = 20_000;

/** Faults that are not of one call: clocks that jump, lines that are cut, everything dying at once. */
export function brew(world: World): void {
  const { sim, setting, network } = world;
  const dice = makeDice(sim.seed, "storm");
  const during = (most: number, strike: () => void) => {
    for (let count = dice.chance(0.5) ? 0 : dice.between(1, most); count > 0; count -= 1) {
      sim.time.after(dice.between(0, setting.stormMs), () => {
        if (!sim.faults.areOver()) strike();
      });
    }
  };
  during(2, () => {
    const group = dice.chance(0.5) ? world.orders() : world.payments();
    group.skew(dice.between(0, group.size - 1), dice.between(-JUMP_MAX_MS, JUMP_MAX_MS));
    sim.faults.count("clockJump");
    sim.note("a clock jumps");
  });
  during(2, () => {
    const [one, other] = dice.pick([
      ["order", "payment"],
      ["guest", "order"],
      ["payment", "provider"],
      ["staff", "order"],
    ] as const);
    network.cut(one, other);
    sim.faults.count("partition");
    sim.note("a line is cut", () => `${one} ${other}`);
    sim.time.after(dice.between(1_000, CUT_MAX_MS), () => network.heal());
  });
  during(1, () => {
    sim.faults.count("crashOfAll");
    world.orders().crashAll("the power is gone");
    world.payments().crashAll("the power is gone");
  });
}
