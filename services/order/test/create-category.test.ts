import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const create = async (payload: object) =>
  harness.app.inject({ method: "POST", url: "/categories/", headers: await harness.as("admin"), payload });

describe("create a category", () => {
  it("when it has a name, then it is there, with the defaults", async () => {
    const answer = await create({ name: "  Pratos   do dia " });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ id: answer.json().id, name: "Pratos do dia", position: 0, enabled: true });
    expect(answer.headers.location).toBe(`/categories/${answer.json().id}`);
    const read = await harness.app.inject({ url: `/categories/${answer.json().id}` });
    expect(read.json()).toEqual(answer.json());
  });

  it.each(["Açaí", "açaí", "AÇAÍ", "Acai", "  Açaí ", "Ac\u0327ai\u0301"])(
    "when a name differs only in case, accents or Unicode form (%j), then 409",
    async (name) => {
      await create({ name: "Açaí" });
      const answer = await create({ name });
      expect(answer.statusCode).toBe(409);
      expect(answer.json().code).toBe("category-name-taken");
    },
  );

  it("when the same name comes several times at once, then one wins", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ name: "Corrida" })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it.each([
    [{}, ["/name"]],
    [{ name: "" }, ["/name", "/name"]],
    [{ name: "a".repeat(61) }, ["/name"]],
    [{ name: "x\u0000y" }, ["/name"]],
    [{ name: "ok", position: -1 }, ["/position"]],
    [{ name: "ok", position: 1.5 }, ["/position"]],
    [{ name: "ok", enabled: "yes" }, ["/enabled"]],
    [{ name: "ok", id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b01" }, ["/id"]],
  ])("when the body is %j, then 422 names the field", async (payload, paths) => {
    const answer = await create(payload);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });
});
