import type { Harness } from "./harness.ts";

type Body = Record<string, unknown>;

/** A category, through the door. */
export async function makeCategory(harness: Harness, difference: Body = {}): Promise<string> {
  const payload = { name: nextName("Categoria"), ...difference };
  const answer = await harness.app.inject({
    method: "POST",
    url: "/categories/",
    headers: await harness.as("admin"),
    payload,
  });
  if (answer.statusCode !== 201) throw new Error(`category refused: ${answer.body}`);
  return answer.json().id;
}

/** A product, through the door; in a category of its own unless one is named. */
export async function makeProduct(harness: Harness, difference: Body = {}): Promise<Body & { id: string }> {
  const payload = {
    name: nextName("Produto"),
    price_cents: 1990,
    category_id: difference["category_id"] ?? (await makeCategory(harness)),
    ...difference,
  };
  const answer = await harness.app.inject({
    method: "POST",
    url: "/products/",
    headers: await harness.as("admin"),
    payload,
  });
  if (answer.statusCode !== 201) throw new Error(`product refused: ${answer.body}`);
  return answer.json();
}

let count = 0;

function nextName(kind: string): string {
  count += 1;
  return `${kind} ${count}`;
}
