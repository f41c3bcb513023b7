import { expect, it } from "vitest";
import { spellOut } from "./matrix.ts";

// A matrix that lets gaps through would prove nothing: each of these must be noticed.
it("when a cell leaves a granted caller without an answer, then it is refused", () => {
  const routes = { "GET /x": { access: ["staff"], cells: [{ answers: { admin: 200 } }] } };
  expect(() => spellOut(routes)).toThrow("GET /x does not say what kitchen is answered");
});

it("when a word means nobody, or a level stands at a door, then it is refused", () => {
  const cells = [{ answers: { granted: 200 } }];
  expect(() => spellOut({ "GET /x": { access: ["owner"], cells } })).toThrow('"owner", who is nobody');
  expect(() => spellOut({ "GET /x": { access: ["registered"], cells } })).toThrow('"customers", not "registered"');
});

it("when several words mean one caller, then the narrowest counts; who is not granted is refused", () => {
  const [row] = spellOut({
    "GET /x": {
      access: ["staff", "customers"],
      cells: [{ answers: { granted: 200, customers: 404, registered: 409 } }],
    },
  }).rows;
  expect(row?.expect).toMatchObject({ nobody: 401, kitchen: 200, identified: 404, registered: 409, service: 403 });
});
