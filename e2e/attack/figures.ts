import { newId } from "@comanda/primitives";
import type { House } from "./house-shape.ts";
import { SERVICES } from "./operations.ts";

/** One of many addresses that nobody has asked for before: below known paths, beside them, of all methods. */
function strangePath(turn: number): string {
  const roots = [
    "/orders",
    "/customers",
    "/products",
    "/payments",
    "/devices",
    "/docs/static",
    "/audit",
    "/events",
    "",
  ];
  return `${roots[turn % roots.length]}/${newId()}${turn % 3 === 0 ? `/${turn}` : ""}${turn % 2 === 0 ? `?x=${turn}` : ""}`;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const LANES = 20;

/** Asks every service for addresses that are all different. */
export async function askForStrangePaths(house: House, count: number): Promise<void> {
  const turns = Array.from({ length: count }, (_none, turn) => turn).values();
  const lane = async () => {
    for (const turn of turns) {
      const service = SERVICES[turn % SERVICES.length] ?? "gateway";
      const method = METHODS[turn % METHODS.length] ?? "GET";
      const response = await fetch(`${house.urlOf(service)}${strangePath(turn)}`, { method, redirect: "manual" });
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The lines of a service's figures, one for each series. */
export async function seriesOf(house: House, service: (typeof SERVICES)[number]): Promise<readonly string[]> {
  const text = await (await fetch(`${house.urlOf(service)}/metrics`)).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
