import { newId } from "@comanda/primitives";
import type { Book } from "./book.ts";
import type { House } from "./house-shape.ts";
import type { Operation } from "./operations.ts";
import { send } from "./send.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Every path with every method that it does not have: 405, and an `Allow` that names exactly those it has. */
export async function tryMethods(house: House, operations: readonly Operation[], book: Book): Promise<void> {
  const byPath = Map.groupBy(operations, ({ service, path }) => `${service} ${path.replace(/\/$/, "")}`);
  for (const group of byPath.values()) {
    const [operation] = group;
    if (operation === undefined) continue;
    const has = group.map(({ method }) => method);
    for (const method of METHODS.filter((each) => !has.includes(each))) {
      const url = `${house.urlOf(operation.service)}${operation.path.replaceAll(/\{\w+\}/g, newId())}`;
      const sent = { method, url, headers: {}, body: null };
      const answer = await send(sent);
      const event = { operation, turn: 0, sent, answer };
      book.note(event);
      const fault = answer.status === 405 ? null : `${method} answered ${answer.status}`;
      book.judge({ ...event, check: "unsupported-method", fault });
      if (answer.status !== 405) continue;
      const allowed = (answer.headers.get("allow") ?? "")
        .split(/, */)
        .filter((each) => each !== "HEAD")
        .sort();
      const wrong = allowed.join() === [...has].sort().join() ? null : `Allow is "${allowed}" where there are ${has}`;
      book.judge({ ...event, check: "allow-header-conformance", fault: wrong });
    }
  }
}
