import type { Planted } from "../services/world.ts";
import { BUS_BUGS } from "./bus-bugs.ts";
import { ORDER_BUGS } from "./order-bugs.ts";
import { PAYMENT_BUGS } from "./payment-bugs.ts";
import { TERMINAL_BUGS } from "./terminal-bugs.ts";

/**
 * Mistakes that people make in such systems, each planted by wrapping a port of the real code. They are negative
 * controls: a simulator that does not find them proves nothing by finding nothing.
 */
export const BUGS: readonly Planted[] = [...BUS_BUGS, ...ORDER_BUGS, ...PAYMENT_BUGS, ...TERMINAL_BUGS];
